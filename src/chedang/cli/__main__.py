"""``python -m chedang.cli …``: the ``chedang`` command where its script is not at hand."""

from __future__ import annotations

from chedang.cli.main import run

if __name__ == "__main__":
    run()
