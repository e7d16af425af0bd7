"""dev/postgres_tool.py runs PostgreSQL's own programs against a node's database, as a backup does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / "dev" / "postgres_tool.py"


def run_tool(database_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TOOL), *arguments],
        env=os.environ | {"CHEDANG_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_dump_restores_into_an_empty_database(database_url: str, empty_database_url: str, tmp_path: Path) -> None:
    dump = str(tmp_path / "node.dump")
    made = run_tool(database_url, "psql", "-c", "insert into feed_position (consumer, seq) values ('a test', 42)")
    assert made.returncode == 0, made.stderr
    dumped = run_tool(database_url, "pg_dump", "--format=custom", f"--file={dump}")
    assert dumped.returncode == 0, dumped.stderr
    name = run_tool(empty_database_url, "psql", "-Atc", "select current_database()").stdout.strip()
    restored = run_tool(empty_database_url, "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={name}", dump)
    assert restored.returncode == 0, restored.stderr
    read = run_tool(empty_database_url, "psql", "-Atc", "select seq from feed_position where consumer = 'a test'")
    assert read.stdout == "42\n"


def test_an_unknown_program_gets_one_sentence(database_url: str) -> None:
    done = run_tool(database_url, "rm")
    assert done.returncode == 1
    assert "usage" in done.stderr
    assert "Traceback" not in done.stderr
