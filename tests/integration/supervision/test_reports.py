"""半年报告 on real records: figures, refreshing, two officers, and a snapshot that somebody changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
import psycopg
import pytest
from django.db import connection as desk
from tests.integration.supervision.letters import ISSUED, Letters

from chedang.access.models import User
from chedang.quality import tallying
from chedang.site.databases import named_database
from chedang.supervision import duties, reports, snapshots
from chedang.supervision.measures import measure
from chedang.supervision.model import DutyDeed, NotAllowed, Overtaken
from chedang.supervision.models.reports import HalfYearReport
from chedang.supervision.models.snapshots import Snapshot, SnapshotKind
from chedang.supervision.report_template import load_template
from chedang.supervision.report_word import word_file
from chedang.supervision.reports import Counted
from chedang.terms.dates import SHANGHAI

NOW = datetime(2026, 12, 30, 9, 0, tzinfo=SHANGHAI)
PERIOD = (date(2026, 7, 1), date(2026, 12, 31))


@pytest.fixture
def letters(database_url: str, tmp_path: Path) -> Iterator[Letters]:
    with named_database(database_url, "default"):
        made = Letters.make(database_url, tmp_path)
        for number in range(3):
            made.province.upload("one", made.province.family_car, date(2026, 11, 2 + number), str(1000 + number))
        made.province.connection.commit()
        follow(database_url)
        yield made
        made.province.connection.close()


def follow(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        clock = lambda: NOW.astimezone(UTC)  # noqa: E731 - the one instant of these tests
        while tallying.refresh_shops(connection, clock=clock):
            pass
        while tallying.follow(connection, clock=clock, node_code="33"):
            pass


def count(url: str, scope: str = "330100") -> Counted:
    with psycopg.connect(url) as connection:
        return Counted(measure(connection, scope, *PERIOD), [], {})


def begin(url: str, letters: Letters) -> HalfYearReport:
    return reports.begin(letters.city, 2026, 2, count(url), authority="杭州", now=NOW)


def said(report: HalfYearReport) -> dict[str, str]:
    return {name: figure.words for name, figure in reports.document_of(report).figures().items()}


def test_a_report_says_what_the_records_and_the_desk_say(database_url: str, letters: Letters) -> None:
    letters.send(text="请核对。")
    figures = said(begin(database_url, letters))
    assert figures["text.filed"] == "2 家"
    assert figures["text.connected"] == "1 家"
    assert figures["text.coverage"] == "50.0%"
    assert figures["text.received"] == "3 条"
    assert figures["text.reminders_sent"] == "2 次"
    assert figures["text.reminders_read"] == "0.0%"


def test_an_order_that_was_revoked_is_none(database_url: str, letters: Letters) -> None:
    letters.issue()
    letters.issue(code="8K2M9QXD")
    duties.close("8K2M9QXD", DutyDeed.REVOKE, letters.officer(letters.county), "发错了", seen=1, now=ISSUED)
    whole = count(database_url).measures.whole
    assert (whole.orders_issued, whole.orders_done, whole.orders_not_done) == (1, 0, 0)


def test_refreshing_takes_new_figures_and_leaves_the_officers_words(database_url: str, letters: Letters) -> None:
    report = begin(database_url, letters)
    reports.write(report.public_id, "funds", "投入 12 万元，覆盖率 {覆盖率}。", letters.city, revision=0, now=NOW)
    before = word_file(reports.document_of(HalfYearReport.objects.get()))
    letters.province.upload("two", letters.province.family_car, date(2026, 11, 9), "2000")
    letters.province.connection.commit()
    follow(database_url)
    assert word_file(reports.document_of(HalfYearReport.objects.get())) == before
    report = reports.refresh(report.public_id, letters.city, count(database_url), now=NOW)
    words = [
        "".join(run.words for run in line)
        for chapter in reports.document_of(report).chapters
        for part in chapter.parts
        if part.key == "funds"
        for line in part.paragraphs
    ]
    assert words == ["投入 12 万元，覆盖率 100.0%。"]
    assert Snapshot.objects.filter(kind=str(SnapshotKind.HALF_YEAR)).count() == 2
    again = reports.refresh(report.public_id, letters.city, count(database_url), now=NOW)
    assert again.revision == report.revision


def fill_in(report: HalfYearReport, officer: User) -> int:
    """Write every text that the template asks for; gives the report's revision then."""
    for key in reports.blank_texts(report):
        reports.write(report.public_id, key, "无", officer, revision=0, now=NOW)
    report.refresh_from_db()
    return report.revision


def test_two_officers_do_not_overwrite_each_other_unseen(database_url: str, letters: Letters) -> None:
    report = begin(database_url, letters)
    reports.write(report.public_id, "funds", "一", letters.city, revision=0, now=NOW)
    reports.write(report.public_id, "funds", "一", letters.city, revision=0, now=NOW)
    with pytest.raises(Overtaken):
        reports.write(report.public_id, "funds", "二", letters.city, revision=0, now=NOW)
    with pytest.raises(Overtaken):
        reports.issue(report.public_id, letters.city, revision=report.revision, now=NOW)
    with pytest.raises(NotAllowed, match="没有这一段"):
        reports.write(report.public_id, "nothing", "二", letters.city, revision=0, now=NOW)
    with pytest.raises(NotAllowed, match="不是可用的指标名称"):
        reports.write(report.public_id, "next", "{覆盖绿}", letters.city, revision=0, now=NOW)


def test_an_issued_report_never_changes_and_its_further_edition_begins_with_its_words(
    database_url: str, letters: Letters
) -> None:
    report = begin(database_url, letters)
    assert begin(database_url, letters).pk == report.pk
    reports.write(report.public_id, "funds", "投入 12 万元。", letters.city, revision=0, now=NOW)
    early = datetime(2026, 11, 30, 23, 59, 59, tzinfo=SHANGHAI)
    with pytest.raises(NotAllowed, match="十二月"):
        reports.issue(report.public_id, letters.city, revision=1, now=early)
    with pytest.raises(NotAllowed, match="还有没填写的文字：（一）组织推进、（一）部署"):
        reports.issue(report.public_id, letters.city, revision=1, now=NOW)
    revision = fill_in(report, letters.city)
    issued = reports.issue(report.public_id, letters.city, revision=revision, now=NOW)
    assert reports.issue(report.public_id, letters.city, revision=revision, now=NOW).issued_at == issued.issued_at
    with pytest.raises(Overtaken):
        reports.write(report.public_id, "next", "再改", letters.city, revision=0, now=NOW)
    with pytest.raises(Overtaken):
        reports.refresh(report.public_id, letters.city, count(database_url), now=NOW)
    second = begin(database_url, letters)
    word, document = reports.word_of(issued), reports.document_of(issued)
    assert (sha256(word).hexdigest(), reports.compose(issued)) == (issued.word_digest, document)
    assert (second.edition, second.texts.get(key="funds").text) == (2, "投入 12 万元。")
    assert [step.deed for step in issued.steps.all()] == ["begin", *["write"] * revision, "issue"]


def test_an_issued_report_stays_as_it_is_when_a_release_brings_another_template(
    database_url: str, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = begin(database_url, letters)
    issued = reports.issue(report.public_id, letters.city, revision=fill_in(report, letters.city), now=NOW)
    word, document = reports.word_of(issued), reports.document_of(issued)
    template = load_template()
    other = msgspec.structs.replace(template, title="另一种半年报告", version=template.version + 1)
    monkeypatch.setattr(reports, "load_template", lambda: other)
    assert reports.compose(issued).title == "另一种半年报告"
    assert (reports.word_of(issued), reports.document_of(issued)) == (word, document)


def test_a_report_of_a_half_year_to_come_is_not_begun(database_url: str, letters: Letters) -> None:
    with pytest.raises(NotAllowed):
        reports.begin(letters.city, 2027, 1, count(database_url), authority="杭州", now=NOW)


def test_officers_see_their_own_drafts_and_what_was_issued_below(database_url: str, letters: Letters) -> None:
    draft = begin(database_url, letters)
    county = reports.begin(letters.county, 2026, 2, count(database_url, "330106"), authority="西湖", now=NOW)
    seen = HalfYearReport.objects.in_scope
    assert list(seen(letters.city)) == [draft]
    reports.issue(county.public_id, letters.county, revision=fill_in(county, letters.county), now=NOW)
    assert set(seen(letters.city)) == {draft, county}
    assert list(seen(letters.county)) == [county]
    assert list(seen(letters.elsewhere)) == []


def test_a_snapshot_that_somebody_changed_is_not_read(database_url: str, letters: Letters) -> None:
    report = begin(database_url, letters)
    with desk.cursor() as cursor:
        cursor.execute("update supervision_snapshot set content = replace(content, '\"filed\":2', '\"filed\":1')")
    with pytest.raises(snapshots.NotThere):
        reports.document_of(HalfYearReport.objects.get(pk=report.pk))


def test_what_is_frozen_once_stays_as_it_was(database_url: str, letters: Letters) -> None:
    first = snapshots.keep(SnapshotKind.MONTH, count(database_url).measures, by=None, now=NOW)
    letters.province.upload("two", letters.province.family_car, date(2026, 11, 9), "2000")
    letters.province.connection.commit()
    follow(database_url)
    later = count(database_url).measures
    assert snapshots.keep(SnapshotKind.MONTH, later, by=None, now=NOW).pk == first.pk
    second = snapshots.keep(SnapshotKind.MONTH, later, by=None, now=NOW, once=False)
    assert (second.edition, snapshots.read(second).whole.total().connected) == (2, 2)
    assert snapshots.read(first).whole.total().connected == 1
    assert list(Snapshot.objects.order_by("edition")) == [first, second]
