"""``python -m chedang.site.migrate``: bring the schema up to this release. Safe to start twice at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from chedang.intake import sandbox
from chedang.site.databases import named_database

LOCK_TIMEOUT = "4s"
"""A migration that cannot get its lock gives up, instead of making every reader queue behind it."""
STATEMENT_TIMEOUT = "60s"
"""Enough for any statement on an empty table; longer work says so in its own migration (``statement_timeout``)."""

_ALIAS = "migrating"
_RUN_LOCK = 0x63686564616E67  # "chedang": one run at a time on one database


def migrate(database_url: str) -> str:
    """Apply every migration the database lacks, then bring the sandbox in step. Returns the runner's report.

    Waits for a run that is under way. Raises django.db.OperationalError when the database cannot be reached or a
    lock is not given within LOCK_TIMEOUT; what was applied before stays, and the next run goes on from there.
    """
    report = StringIO()
    with named_database(database_url, _ALIAS), _only_run(connections[_ALIAS]), redirect_stdout(report):
        call_command("migrate", database=_ALIAS, interactive=False, no_color=True, stdout=report)
        made = sandbox.bring_in_step(connections[_ALIAS].connection)
        report.write("".join(f"  Sandbox: {name} made like the ordinary table\n" for name in made))
    return report.getvalue()


@contextmanager
def _only_run(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Hold the run's advisory lock, then set the timeouts. Both end with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_RUN_LOCK])
        cursor.execute(f"set lock_timeout = '{LOCK_TIMEOUT}'")
        cursor.execute(f"set statement_timeout = '{STATEMENT_TIMEOUT}'")
    yield


def main() -> None:
    """Migrate the database of CHEDANG_DATABASE_URL."""
    url = os.environ.get("CHEDANG_DATABASE_URL", "")
    if not url:
        sys.exit(
            "没有设置 CHEDANG_DATABASE_URL，例如 postgresql:///chedang；内置数据库请用 chedang migrate。"
            "(CHEDANG_DATABASE_URL is not set, for example postgresql:///chedang;"
            " for the embedded database use chedang migrate.)"
        )
    sys.stdout.write(migrate(url))


if __name__ == "__main__":
    main()
