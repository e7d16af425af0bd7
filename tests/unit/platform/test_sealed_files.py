"""Files that few may read: sealed for what they belong to, and gone when no row names them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from chedang.platform.sealed_files import SealedFiles

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def files(tmp_path: Path) -> SealedFiles:
    return SealedFiles(tmp_path, "papers")


def age(tmp_path: Path, file_id: UUID, days: float) -> None:
    at = (NOW - timedelta(days=days)).timestamp()
    os.utime(tmp_path / "papers" / str(file_id), (at, at))


def test_a_file_comes_back_for_what_it_belongs_to_and_nothing_else(files: SealedFiles) -> None:
    file_id = uuid4()
    files.put(file_id, b"a licence", "shop 1")
    assert files.get(file_id, "shop 1") == b"a licence"
    assert files.get(file_id, "shop 2") is None
    assert files.get(uuid4(), "shop 1") is None


def test_nothing_of_the_content_stands_on_the_disk_and_only_the_node_may_look(
    files: SealedFiles, tmp_path: Path
) -> None:
    file_id = uuid4()
    files.put(file_id, b"a licence", "shop 1")
    path = tmp_path / "papers" / str(file_id)
    assert b"licence" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_number_is_used_once(files: SealedFiles) -> None:
    file_id = uuid4()
    files.put(file_id, b"one", "shop 1")
    with pytest.raises(FileExistsError):
        files.put(file_id, b"another", "shop 1")
    assert files.get(file_id, "shop 1") == b"one"


def test_a_removed_file_is_gone_and_may_be_removed_again(files: SealedFiles) -> None:
    file_id = uuid4()
    files.put(file_id, b"one", "shop 1")
    files.remove(file_id)
    files.remove(file_id)
    assert files.get(file_id, "shop 1") is None


def test_files_of_a_day_ago_that_no_row_names_are_removed(files: SealedFiles, tmp_path: Path) -> None:
    named, forgotten, fresh = uuid4(), uuid4(), uuid4()
    for file_id in (named, forgotten, fresh):
        files.put(file_id, b"one", "shop 1")
    age(tmp_path, named, 2)
    age(tmp_path, forgotten, 2)
    age(tmp_path, fresh, 0.5)
    assert files.remove_orphans(lambda asked: {named} & set(asked), NOW) == 1
    assert [files.get(each, "shop 1") for each in (named, forgotten, fresh)] == [b"one", None, b"one"]
