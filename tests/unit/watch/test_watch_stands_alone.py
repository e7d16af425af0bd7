"""Nothing that answers a shop, an owner, an officer or another node knows of the watch list."""

from __future__ import annotations

from pathlib import Path

import chedang

SOURCE = Path(chedang.__file__).parent
MAY = ("watch/", "site/police/", "cli/worker.py", "site/demo_regulator.py")


def test_only_the_follower_and_the_police_pages_import_the_watch_list() -> None:
    importing = [
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if "chedang.watch" in path.read_text(encoding="utf-8")
    ]
    assert importing
    assert [name for name in importing if not name.startswith(MAY)] == []


def test_no_statement_but_its_own_names_its_tables() -> None:
    tables = ("watch_entry", "watch_alert", "watch_receipt", "watch_duty")
    naming = {
        path.relative_to(SOURCE).parts[0]
        for path in SOURCE.rglob("*.sql")
        if any(table in path.read_text(encoding="utf-8") for table in tables)
    }
    assert naming == {"watch"}
