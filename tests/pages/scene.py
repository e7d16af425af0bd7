"""``python -m tests.pages.scene``: one of everything in the database of this environment, as JSON.

Fills the fictional province and lets its people do what owners, shops and officers do, by the packages' own functions
and, where a browser's session is part of it, by requests. Run in a process of its own: a browser's event loop forbids
Django's models, and the keys are those of the node whose environment it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import msgspec


class Scene(msgspec.Struct, frozen=True):
    """What stands in the database: ``ids`` for addresses, and the ``cookies`` of everybody, '' for a stranger."""

    ids: dict[str, str]
    cookies: dict[str, dict[str, str]]


def make_scene(environment: Mapping[str, str]) -> Scene:
    """Make the scene of a node, in a process of its own. ``environment`` is the node's."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.pages.scene"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Scene)  # what was logged stands before it


def main() -> None:
    """Fill the database of this environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    import django

    django.setup()
    from tests.pages.stage import make

    sys.stdout.buffer.write(msgspec.json.encode(make()))


if __name__ == "__main__":
    main()
