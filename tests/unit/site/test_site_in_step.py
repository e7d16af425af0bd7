"""What must be in step: catalogue with pages, models with migrations, SQL files with their names, docs with events."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from chedang.access.model import AuditAction
from chedang.site.archive.sqlfiles import read_sql, statement_timeout

ROOT = Path(__file__).parents[3]


def test_the_english_catalogue_is_complete_and_in_step_with_the_pages() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "dev" / "messages.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_models_have_no_change_without_a_migration() -> None:
    report = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=report)
    assert "No changes detected" in report.getvalue()


def test_every_sql_file_of_a_migration_says_pre_or_post() -> None:
    with pytest.raises(ValueError, match="pre_words"):
        read_sql("records", "queries.sql")
    with pytest.raises(ValueError, match="duration"):
        statement_timeout("1; drop table")


def test_every_sql_file_of_a_package_is_run_by_a_migration() -> None:
    folder = ROOT / "src" / "chedang" / "site" / "archive" / "migrations"
    migrations = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("[0-9]*.py"))
    for package in ("enterprises", "records", "vehicles", "site.archive"):
        for file in (resources.files(f"chedang.{package}") / "sql").iterdir():
            if file.name[0].isdigit():
                assert f'"{package}", "{file.name}"' in migrations


def test_every_audit_event_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "reference" / "audit-events.md").read_text(encoding="utf-8")
    assert [str(action) for action in AuditAction if f"`{action}`" not in text] == []


def test_the_settings_can_be_imported_with_an_empty_environment(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "import chedang.site.settings"], cwd=tmp_path, env={}, check=True, capture_output=True
    )
    assert list(tmp_path.iterdir()) == []
