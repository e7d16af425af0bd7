"""运行考核 on a real database: what is frozen stays, whatever comes in or is decreed later; provinces count in time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import msgspec
import psycopg
import pytest
from tests.integration.supervision.frozen_months import FROZEN_AT, NOVEMBER, OCTOBER, area, keep, measures
from tests.pages.filled_province import Car, Province

from chedang.exchange import documents
from chedang.exchange.documents import Document
from chedang.fiction.vehicles import make_vin
from chedang.platform.settings import Level, Node
from chedang.quality import tallying
from chedang.site.regulator.assessment import freezing, seeing
from chedang.supervision import assessment, snapshot_travel, snapshots
from chedang.supervision.assessment_freezing import fix_weights, freeze_month, is_frozen, lines
from chedang.supervision.assessment_months import newest_over
from chedang.supervision.assessment_rules import State
from chedang.supervision.assessment_sheet import FigureName, SheetFault, Version, load_versions
from chedang.supervision.measure_model import ExchangeMeasures, canonical, digest_of
from chedang.supervision.models.snapshots import Snapshot
from chedang.supervision.snapshot_travel import NotUsable
from chedang.terms.dates import SHANGHAI

DAY = timedelta(days=1)
LINE = ExchangeMeasures(days=31, days_compared=31, days_equal=31, minutes=44_640, minutes_up=44_640)


@pytest.fixture
def connection(django_database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(django_database) as opened:
        yield opened


def later_versions() -> list[Version]:
    """The same weights with coverage and quality exchanged, decreed long after but said to hold from the beginning."""
    (shipped,) = load_versions()
    swapped = tuple(
        msgspec.structs.replace(each, weight={"coverage": 20, "quality": 25}.get(each.key, each.weight))
        for each in shipped.indicators
    )
    return [shipped, msgspec.structs.replace(shipped, version="2026-2", indicators=swapped)]


def test_weights_that_change_later_do_not_change_an_old_month(django_database: str) -> None:
    found = measures("330000", [area("330100", connected=9), area("330200", connected=5)])
    snapshot = keep(found)
    before = assessment.league("330000", OCTOBER)
    fix_weights(snapshot, later_versions(), now=FROZEN_AT + DAY)
    assert assessment.league("330000", OCTOBER) == before
    assert before is not None
    assert [(row.rank, row.code) for row in before.rows] == [(1, "330100"), (2, "330200")]
    # a new month takes the new version, and shows the change of both
    keep(
        msgspec.structs.replace(
            measures("330000", [area("330100", connected=2), area("330200", connected=9)], NOVEMBER)
        ),
        now=FROZEN_AT + 30 * DAY,
        versions=later_versions(),
    )
    after = assessment.league("330000", NOVEMBER)
    assert after is not None
    assert after.version.version == "2026-2"
    top = after.rows[0]
    assert (top.code, top.rank, top.ranks_gained) == ("330200", 1, 1)
    assert top.change == top.points - before.rows[1].points  # type: ignore[operator]  # both are scored
    assert assessment.months("330000") == [NOVEMBER, OCTOBER]
    assert assessment.months("320000") == []


def test_a_version_that_was_used_cannot_say_something_else(django_database: str) -> None:
    keep(measures("330000", [area("330100")]))
    changed = msgspec.structs.replace(load_versions()[-1], sent_by_day=9)
    other = snapshots.keep(snapshots.SnapshotKind.MONTH, measures("330100", [area("330106")]), by=None, now=FROZEN_AT)
    with pytest.raises(SheetFault, match="已经用过"):
        fix_weights(other, [changed], now=FROZEN_AT)
    assert assessment.league("330100", OCTOBER) is None


def test_a_row_that_somebody_changed_is_not_shown(django_database: str, connection: psycopg.Connection) -> None:
    keep(measures("330000", [area("330100")]))
    connection.execute("update supervision_snapshot set content = replace(content, '970', '990')")
    connection.commit()
    with pytest.raises(snapshots.NotThere):
        assessment.league("330000", OCTOBER)


def count(connection: psycopg.Connection) -> None:
    connection.commit()
    tallying.refresh_shops(connection, clock=lambda: datetime.now(UTC))
    while tallying.follow(connection, clock=lambda: datetime.now(UTC), node_code="33"):
        pass
    connection.commit()


def test_a_month_is_frozen_once_and_what_comes_later_is_a_correction_beside_it(
    django_database: str, connection: psycopg.Connection
) -> None:
    province = Province(connection)
    province.add_shop("one", 0, division_code="330106", is_approved=True)
    province.add_shop("two", 1, division_code="330212", is_approved=True)
    connection.execute("update enterprise set created_at = '2026-01-05', reviewed_at = '2026-01-05'")
    car = Car("浙A6Q777", make_vin(Random("assessed car")))
    for day in (5, 12, 19):
        province.upload("one", car, date(2026, 10, day), str(40_000 + day))
    count(connection)
    exchange = lines(connection, "33", now=FROZEN_AT)

    def freeze(month: date, now: datetime) -> Snapshot | None:
        return freeze_month(connection, "330000", month, versions=load_versions(), exchange=exchange, by=None, now=now)

    first = freeze(OCTOBER, FROZEN_AT)
    assert first is not None
    assert is_frozen("330000", OCTOBER)
    assert Snapshot.objects.filter(division_code="330100").count() == 1  # the counties of 杭州 have a table too
    stands = assessment.league("330000", OCTOBER)
    assert stands is not None
    # a record of October comes in late, and one that was there is void
    province.upload(
        "one", car, date(2026, 10, 30), "40999", received_at=datetime(2026, 10, 31, 12, tzinfo=SHANGHAI), number="LATE"
    )
    count(connection)
    assert freeze(OCTOBER, FROZEN_AT + DAY) == first
    assert assessment.correction("330000", OCTOBER) is None
    freeze(NOVEMBER, FROZEN_AT + 30 * DAY)
    assert assessment.league("330000", OCTOBER) == stands
    corrected = assessment.correction("330000", OCTOBER)
    assert corrected is not None
    table, later, scores, _at = corrected
    assert table == stands
    received = {each.code: each.total().tally.received for each in later.areas}
    frozen = {row.code: row.facts.area.total().tally.received for row in stands.rows}
    assert (frozen["330100"], received["330100"]) == (3, 4)
    assert scores.keys() == frozen.keys()
    assert freeze(date(2020, 1, 1), FROZEN_AT) is None or is_frozen("330000", date(2020, 1, 1))


def test_what_a_province_sent_counts_until_the_day_and_the_ministry_counts_uploads_itself(
    django_database: str, connection: psycopg.Connection
) -> None:
    national = measures(
        "000000",
        [area("320000", cases_due=0, ratings=0), area("330000", cases_due=0, ratings=0), area("340000")],
        exchange={"32": LINE, "33": LINE},
    )
    keep(national)
    sent = {
        "33": datetime(2026, 11, 5, 23, 59, 59, tzinfo=SHANGHAI),
        "32": datetime(2026, 11, 6, 0, 0, tzinfo=SHANGHAI),
    }
    for node, arrived_at in sent.items():
        told = measures(f"{node}0000", [area(f"{node}0100", connected=7)])
        snapshot = snapshots.keep(snapshots.SnapshotKind.MONTH, told, by=None, now=FROZEN_AT)
        with connection.transaction():
            assert snapshot_travel.hand_over(connection, snapshot, now=FROZEN_AT)
            assert not snapshot_travel.hand_over(connection, snapshot, now=FROZEN_AT)
        key = snapshot_travel.key_of(snapshot)
        document = Document(node, key, documents.read_notice(connection, key).decode(), arrived_at)
        connection.execute("delete from exchange_document")
        Snapshot.objects.filter(pk=snapshot.pk)._raw_delete("default")  # of another database in truth
        kept = snapshot_travel.take_up(document)
        assert kept == snapshot_travel.take_up(document)
        assert (kept.origin, kept.digest) == (node, snapshot.digest)
        fix_weights(kept, load_versions(), now=arrived_at)
    league = assessment.league("000000", OCTOBER)
    assert league is not None
    rows = {row.code: row for row in league.rows}
    states = {
        code: row.place.score.part(FigureName.CLOSED_IN_TIME).state  # type: ignore[union-attr]  # every version has it
        for code, row in rows.items()
    }
    assert states == {"330000": State.COUNTED, "320000": State.NOT_SENT, "340000": State.NOT_SENT}
    assert [row.told.is_late if row.told else None for row in (rows["330000"], rows["320000"], rows["340000"])] == [
        False,
        True,
        None,
    ]
    connected = rows["330000"].place.score.part(FigureName.CONNECTED_SECOND)
    assert connected is not None
    assert (connected.above, rows["330000"].told.whole.total().connected) == (Decimal(8), 7)  # type: ignore[union-attr]
    assert league.rows[0].code == "330000"
    # and its own table is there to drill into
    below = assessment.league("330000", OCTOBER)
    assert below is not None
    assert [row.code for row in below.rows] == ["330100"]


def test_what_cannot_be_used_is_said_and_kept_out(django_database: str) -> None:
    def tell(**changed: object) -> None:
        found = changed.pop("measures", None) or measures("330000", [area("330100")])
        content = canonical(found)  # type: ignore[arg-type]
        envelope = {"format": 1, "kind": "month", "edition": 1, "digest": digest_of(content), "content": content}
        envelope |= {key: value for key, value in changed.items() if key in envelope}
        key = str(changed.get("key", "month/2026-10-31/1"))
        text = str(changed.get("text", msgspec.json.encode(envelope).decode()))
        snapshot_travel.take_up(Document(str(changed.get("node", "33")), key, text, FROZEN_AT))

    with pytest.raises(NotUsable, match="不是本版本能读"):
        tell(text='{"format":1}')
    with pytest.raises(NotUsable, match="格式或种类较新"):
        tell(format=2)
    with pytest.raises(NotUsable, match="摘要不符"):
        tell(digest="0" * 64)
    with pytest.raises(NotUsable, match="不是发送省"):
        tell(node="32")
    with pytest.raises(NotUsable, match="编号与内容"):
        tell(key="month/2026-09-30/1")
    with pytest.raises(NotUsable, match="完整的月"):
        tell(measures=msgspec.structs.replace(measures("330000", [area("330100")]), first_on=date(2026, 10, 2)))
    with pytest.raises(NotUsable, match="还没有结束"):
        tell(measures=measures("330000", [area("330100")], date(2026, 12, 1)), key="month/2026-12-31/1")
    # What would be a fault, and leave every other province's figures waiting behind it
    last_of_all = msgspec.structs.replace(
        measures("330000", [area("330100")]), first_on=date(9999, 12, 1), last_on=date(9999, 12, 31)
    )
    with pytest.raises(NotUsable, match="还没有结束"):
        tell(measures=last_of_all, key="month/9999-12-31/1")
    with pytest.raises(NotUsable, match="编号与内容"):
        tell(edition=32_768, key="month/2026-10-31/32768")
    with pytest.raises(NotUsable, match="不是本版本能读"):
        tell(text='{"x":' + "[" * 100_000)
    tell()
    with pytest.raises(NotUsable, match="内容不同"):
        tell(measures=measures("330000", [area("330200")]))
    assert Snapshot.objects.count() == 1


def test_a_province_freezes_by_the_clock_and_hands_up_and_the_ministry_takes_up(
    django_database: str, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = Province(connection)
    province.add_shop("one", 0, division_code="330106", is_approved=True)
    month = newest_over(datetime.now(UTC))
    connection.execute("update enterprise set created_at = %s, reviewed_at = %s", [month, month])
    province.upload("one", Car("浙A6Q777", make_vin(Random("handed up"))), month + 3 * DAY, "40000")
    connection.commit()
    serve(monkeypatch, connection, "33", "province")
    freezing.freeze_due(datetime.now(UTC))  # the statistics have counted nothing yet: it waits
    assert not is_frozen("330000", month)
    count(connection)
    with monkeypatch.context() as broken:
        broken.setattr(snapshot_travel, "hand_over", fall)
        with pytest.raises(KeyError):
            freezing.freeze_due(datetime.now(UTC))
    connection.rollback()
    assert is_frozen("330000", month)
    assert documents.own_keys(connection) == []
    for _each in range(2):
        freezing.freeze_due(datetime.now(UTC))  # what could not be handed up is handed up now
        assert is_frozen("330000", month)
    (own,) = documents.own_keys(connection)
    told = documents.read_notice(connection, own)
    # its database is the ministry's from here on
    connection.execute("truncate supervision_snapshot cascade")
    documents.apply_notice(connection, "33", own, told, now=datetime.now(UTC))
    documents.apply_notice(connection, "33", "month/2020-01-31/1", b'{"format":9}', now=datetime.now(UTC))
    connection.commit()
    serve(monkeypatch, connection, "00", "ministry")
    with monkeypatch.context() as broken:
        broken.setattr(snapshot_travel, "take_up", fall)
        freezing.take_up_sent(datetime.now(UTC))
    assert [each.sentence for each in documents.read_faults(connection)] == ["不能采用（KeyError）"] * 2
    for _each in range(2):
        freezing.take_up_sent(datetime.now(UTC))
        assert [each.key for each in documents.read_waiting(connection)] == ["month/2020-01-31/1"]
    assert [each.sentence for each in documents.read_faults(connection)] == ["不是本版本能读的固定数据"]
    sent = assessment.league("330000", month)
    assert sent is not None
    assert [row.code for row in sent.rows] == ["330100"]
    assert Snapshot.objects.get().origin == "33"


def fall(*_given: object, **_named: object) -> None:
    """A fault that nobody foresaw."""
    raise KeyError


def serve(monkeypatch: pytest.MonkeyPatch, connection: psycopg.Connection, code: str, level: Level) -> None:
    """The pages' jobs work for this node on this connection."""

    @contextmanager
    def archive() -> Iterator[psycopg.Connection]:
        yield connection
        connection.commit()

    node = replace(seeing.NODE, node=Node(code, "测试", level))
    for module in (freezing, seeing):
        monkeypatch.setattr(module, "NODE", node)
    monkeypatch.setattr(freezing, "archive", archive)
