"""Where a record came in, in words."""

from __future__ import annotations

import pytest

from chedang.records.origin import is_local, origin_words


@pytest.mark.parametrize(
    ("origin", "node", "words"),
    [
        ("local", "33", "本地上传"),
        ("local", "00", "总部上传"),
        ("32", "33", "江苏转来"),
        ("00", "33", "总部上传（部级转来）"),
        ("33", "00", "由浙江上报"),
        ("99", "33", "99转来"),
    ],
)
def test_a_record_says_where_it_came_in(origin: str, node: str, words: str) -> None:
    assert origin_words(origin, node) == words


def test_only_what_came_in_here_is_local() -> None:
    assert [is_local(origin) for origin in ("local", "33", "00")] == [True, False, False]
