from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chedang.platform.keys import KEY_BYTES, node_key


def test_a_key_is_made_once_and_stays_the_same(tmp_path: Path) -> None:
    key = node_key(tmp_path, "access-token")
    assert len(key) == KEY_BYTES
    assert node_key(tmp_path, "access-token") == key


def test_purposes_and_nodes_have_keys_of_their_own(tmp_path: Path) -> None:
    keys = {node_key(tmp_path / node, purpose) for node in ("a", "b") for purpose in ("token", "site")}
    assert len(keys) == 4


def test_only_the_owner_reads_a_key(tmp_path: Path) -> None:
    node_key(tmp_path, "site")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / "site").stat().st_mode) == 0o600


def test_many_first_askers_get_one_key_and_leave_no_draft(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda _: node_key(tmp_path, "site"), range(64)))
    assert len(keys) == 1
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["site"]


def test_a_damaged_key_is_reported_instead_of_used(tmp_path: Path) -> None:
    node_key(tmp_path, "site")
    (tmp_path / "keys" / "site").write_bytes(b"short")
    with pytest.raises(ValueError, match="5 bytes"):
        node_key(tmp_path, "site")


@pytest.mark.parametrize("purpose", ["", "../site", "Site", "a b", "a--b"])
def test_a_purpose_is_lower_case_words(tmp_path: Path, purpose: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        node_key(tmp_path, purpose)
