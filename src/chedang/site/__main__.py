"""``python -m chedang.site``: serve the pages until SIGTERM. Needs CHEDANG_DATABASE_URL and a migrated database."""

from __future__ import annotations

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from chedang.platform.keys import node_key
from chedang.platform.logging import configure
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import settings_of_process

_THREADS = 4
"""Pages that are made at the same time; each holds one database connection."""
_STOP_SECONDS = 10
"""How long a page that is being made may take once the site is told to stop."""


def main() -> None:
    """Serve on the node's host and site port. Ends the process with a sentence when it cannot start."""
    settings, _database_url = settings_of_process()
    die_with_parent()
    configure("site", settings.log_level)
    node_key(settings.data_dir, "site")  # made here once, so that the worker finds it
    Server(
        "chedang.site.worker:application",
        address=settings.host,
        port=settings.site_port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_THREADS,
        workers_kill_timeout=_STOP_SECONDS,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
