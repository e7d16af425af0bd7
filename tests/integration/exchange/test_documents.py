"""What a province froze goes up once and whole; a ministry of the release before is not held up by it."""

from __future__ import annotations

import pytest

from chedang.exchange import applying, dead_letters, documents, sending
from chedang.exchange.notices import NOTICES

from .nodes import NOW, Node, carry
from .rows import row

KEY = "month/2026-10"
CONTENT = '{"format":1,"content":"\\u5408\\u683c"}'


def hand_over(node: Node, key: str, content: str) -> bool:
    with node.connection.transaction():
        return documents.put(node.connection, key, content, now=NOW)


def test_a_document_goes_up_once_and_is_there_until_it_is_taken_up(province: Node, ministry: Node) -> None:
    assert hand_over(province, KEY, CONTENT)
    assert not hand_over(province, KEY, "{}")
    assert carry(province, ministry) == 1
    assert ministry.letters() == []
    (waiting,) = documents.read_waiting(ministry.connection)
    assert (waiting.node_code, waiting.key, waiting.content) == ("33", KEY, CONTENT)
    assert documents.read_waiting(province.connection) == []
    documents.note_fault(ministry.connection, waiting, "格式较新")
    assert [each.sentence for each in documents.read_faults(ministry.connection)] == ["格式较新"]
    documents.note_taken(ministry.connection, waiting, now=NOW)
    assert documents.read_waiting(ministry.connection) == documents.read_faults(ministry.connection) == []


def test_the_same_again_changes_nothing_and_another_under_its_key_is_refused(province: Node, ministry: Node) -> None:
    hand_over(province, KEY, CONTENT)
    carry(province, ministry)
    for told, refused in ((CONTENT.encode(), ""), (b'{"format":2}', "内容不同"), (b"{", "JSON"), (b"", "长度")):
        if not refused:
            documents.apply_notice(ministry.connection, "33", KEY, told, now=NOW)
            continue
        with pytest.raises(documents.NoticeRefused, match=refused):
            documents.apply_notice(ministry.connection, "33", KEY, told, now=NOW)
    with pytest.raises(ValueError, match="short key"):
        documents.put(province.connection, "Month", CONTENT, now=NOW)


def test_a_ministry_of_the_release_before_goes_on_and_has_it_after_its_upgrade(
    province: Node, ministry: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(province, KEY, CONTENT)
    province.take_in([row("JS001")])
    before = {kind: each for kind, each in NOTICES.items() if kind != documents.NOTICE_KIND}
    with monkeypatch.context() as patch:
        patch.setattr(applying, "NOTICES", before)
        assert carry(province, ministry) == 1
        province.take_in([row("JS002")])
        assert carry(province, ministry) == 1
    assert len(ministry.rows()) == 2
    assert [reason for _item, _kind, reason in ministry.letters()] == ["unknown_kind"]
    assert documents.read_waiting(ministry.connection) == []
    ministry.connection.commit()
    dead_letters.replay(ministry.connection, None, node_code="00", by="测试", now=NOW)
    assert [each.key for each in documents.read_waiting(ministry.connection)] == [KEY]


def test_a_province_that_went_back_a_release_passes_over_what_it_cannot_tell(
    province: Node, ministry: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over(province, KEY, CONTENT)
    monkeypatch.setattr(sending, "NOTICES", {kind: each for kind, each in NOTICES.items() if kind == "enterprise"})
    province.take_in([row("JS001")])
    assert carry(province, ministry) == 1
    assert (len(ministry.rows()), ministry.letters()) == (1, [])
