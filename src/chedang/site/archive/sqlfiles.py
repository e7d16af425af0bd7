"""Migration operations made of SQL files. A file's number and the word ``pre`` or ``post`` say its order:

* ``pre`` runs before the new code starts; the previous release must work on the schema it leaves;
* ``post`` runs when no process of the previous release is left.
"""

from __future__ import annotations

import re
from importlib import resources

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython, RunSQL

_NAME = re.compile(r"^[0-9]{4}_(pre|post)_[a-z0-9_]+\.sql$")


def read_sql(package: str, name: str) -> str:
    """Read the SQL file ``name`` of ``chedang.<package>``. Raises ValueError for a name without pre or post."""
    if not _NAME.match(name):
        raise ValueError(f"{name}: expected NNNN_pre_words.sql or NNNN_post_words.sql")
    return (resources.files(f"chedang.{package}") / "sql" / name).read_text(encoding="utf-8")


def sql_file(package: str, name: str) -> RunSQL:
    """Run ``chedang/<package>/sql/<name>`` as one migration step. There is no way back: facts are never dropped."""
    return RunSQL(read_sql(package, name))


def statement_timeout(duration: str) -> RunSQL:
    """Give the steps after this one in the same migration longer than the runner's limit, e.g. ``'30min'``."""
    if not re.fullmatch(r"[0-9]+(s|min|h)", duration):
        raise ValueError(f"{duration}: expected a duration such as 90s, 30min or 2h")
    return RunSQL(f"set local statement_timeout = '{duration}'")


def sql_file_where_citus(package: str, name: str) -> RunPython:
    """Run the file only where the citus extension is installed: it says how tables spread over the machines."""

    def run(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("select 1 from pg_extension where extname = 'citus'")
            if cursor.fetchone() is not None:
                cursor.execute(read_sql(package, name))

    return RunPython(run)
