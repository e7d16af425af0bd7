"""``python -m chedang.gate``: the gate process of one node, until SIGTERM."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces, Loops
from litestar import Litestar

from chedang.gate.app import create_app
from chedang.platform import logging
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import Settings


def application() -> Litestar:
    """Called by granian inside its worker process."""
    die_with_parent()
    settings = Settings.from_environment()
    logging.configure("gate", settings.log_level)
    if settings.database_url is None:
        raise SystemExit("CHEDANG_DATABASE_URL is not set: `chedang up` starts the gate with it")
    return create_app(settings, settings.database_url)


def main() -> None:
    die_with_parent()
    settings = Settings.from_environment()
    logging.configure("gate", settings.log_level)
    Granian(
        "chedang.gate.__main__:application",
        factory=True,
        address=settings.host,
        port=settings.gate_port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        # One worker: one batcher per node makes the largest batches, and one registry holds all counts.
        workers=1,
        backlog=2048,
        websockets=False,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main()
