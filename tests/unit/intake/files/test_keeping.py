"""Files that shops gave: sealed, their shop's alone, gone in time."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from chedang.intake.files.keeping import KEPT, MOST_FILES, Keeper, TooManyFiles

NOW = datetime(2026, 9, 15, 8, tzinfo=UTC)
SHOP, OTHER = "330106000000001", "330106000000002"


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path)


def add(keeper: Keeper, now: datetime = NOW, shop: str = SHOP) -> UUID:
    return keeper.add(shop, "某某某".encode(), name="九月.csv", uploaded_by="clerk", now=now)


def mark_read(keeper: Keeper, file_id: UUID) -> None:
    state = keeper.state(SHOP, file_id, NOW)
    assert state is not None
    keeper.replace_state(SHOP, file_id, msgspec.structs.replace(state, is_read=True))


def files_of(folder: Path) -> list[Path]:
    return [path for path in (folder / "uploaded-files").rglob("*") if path.is_file()]


def test_a_file_comes_back_as_it_was(keeper: Keeper) -> None:
    file_id = add(keeper)
    state = keeper.state(SHOP, file_id, NOW)

    assert keeper.content(SHOP, file_id, NOW) == "某某某".encode()
    assert state is not None
    assert (state.name, state.uploaded_by, state.is_read) == ("九月.csv", "clerk", False)
    assert keeper.list_of(SHOP, NOW) == [(file_id, state)]


def test_nothing_on_disk_can_be_read(keeper: Keeper, tmp_path: Path) -> None:
    add(keeper)
    files = files_of(tmp_path)

    assert len(files) == 2
    for file in files:
        content = file.read_bytes()
        assert "某某某".encode() not in content
        assert "九月".encode() not in content
        assert file.stat().st_mode & 0o077 == 0


def test_another_shop_finds_nothing_even_with_the_files_in_its_folder(keeper: Keeper, tmp_path: Path) -> None:
    file_id = add(keeper)
    folder = tmp_path / "uploaded-files"

    assert keeper.state(OTHER, file_id, NOW) is None
    (folder / OTHER).mkdir()
    (folder / SHOP / str(file_id)).rename(folder / OTHER / str(file_id))
    assert keeper.state(OTHER, file_id, NOW) is None
    assert keeper.list_of(OTHER, NOW) == []


def test_what_is_no_code_leads_nowhere(keeper: Keeper) -> None:
    with pytest.raises(ValueError, match="code"):
        keeper.state("../keys", uuid4(), NOW)


def test_a_file_is_gone_before_its_day_is_over(keeper: Keeper, tmp_path: Path) -> None:
    file_id = add(keeper)
    late = NOW + KEPT
    for file in files_of(tmp_path):
        os.utime(file, (NOW.timestamp(), NOW.timestamp()))

    assert keeper.remove_old(late - timedelta(seconds=1)) == 0
    assert keeper.content(SHOP, file_id, late) is None
    assert keeper.remove_old(late) == 1
    assert files_of(tmp_path) == []
    assert timedelta(hours=1) + KEPT <= timedelta(days=1)


def test_the_oldest_that_were_read_make_room_and_others_do_not(keeper: Keeper) -> None:
    ids = [add(keeper, NOW + timedelta(minutes=minute)) for minute in range(MOST_FILES)]
    with pytest.raises(TooManyFiles):
        add(keeper)
    mark_read(keeper, ids[3])
    mark_read(keeper, ids[5])
    newest = add(keeper, NOW + timedelta(hours=1))

    kept = {file_id for file_id, _state in keeper.list_of(SHOP, NOW + timedelta(hours=1))}
    assert kept == {*ids, newest} - {ids[3]}


def test_a_shop_does_not_fill_the_room_of_another(keeper: Keeper) -> None:
    for _ in range(MOST_FILES):
        add(keeper)

    assert add(keeper, shop=OTHER)
