"""Coverage, rates, the live board and their files: the same figures everywhere, and nothing of another division."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from threading import Barrier, Thread
from time import sleep
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import psycopg
import pytest
from django.test import Client
from django.utils import timezone
from tests.integration.site.officials import browser
from tests.pages.filled_province import TODAY, Car, Province, at

from chedang.access.model import AuditAction
from chedang.access.models import AuditEvent, User
from chedang.fiction.vehicles import make_vin
from chedang.platform.tables import Column, harmless
from chedang.quality.tallying import follow, refresh_shops
from chedang.site.archive import connections
from chedang.site.figures import number
from chedang.site.regulator.statistics import export_pages, exports, live, making
from chedang.site.regulator.statistics.keeping import (
    KEPT,
    MOST_KEPT,
    MOST_TRIES,
    MOST_UNFINISHED,
    ExportFiles,
    ExportState,
    TooManyExports,
)

_CAR = Car("浙A5S301", make_vin(Random("statistics pages")))
_FORMULA_NAME = "=HYPERLINK(0)汽修"
_SHOPS = (("one", "330106", "01"), ("two", "330106", "02"), ("three", "330108", "01"), ("ningbo", "330212", "02"))


@dataclass
class Desk:
    """Officers at their pages over four shops."""

    province: Province
    files: ExportFiles
    clients: dict[str, Client]
    officers: dict[str, User]

    def get(self, name: str, path: str, *, status: int = 200, **headers: str) -> str:
        answer = self.clients[name].get(path, headers=headers)
        assert answer.status_code == status, path
        return str(answer.content.decode())

    def fetch(self, name: str, path: str) -> bytes:
        answer = self.clients[name].get(path)
        assert answer.status_code == 200, path
        return bytes(answer.content)

    def ask(self, name: str, **fields: str) -> UUID:
        answer = self.clients[name].post("/regulator/exports/", fields)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return UUID(answer.headers["Location"].rsplit("/", 1)[1])


@pytest.fixture
def desk(pages_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Pages meet this database; files are made within the request."""
    monkeypatch.setattr(making, "NODE", SimpleNamespace(data_dir=tmp_path))
    live._kept.clear()
    files = ExportFiles(tmp_path)
    monkeypatch.setattr(
        export_pages, "start_making", lambda pk, export: making.make(User.objects.get(pk=pk), export, files)
    )
    province = _fill(pages_database)
    clients, officers = {}, {}
    for name, division in {"county": "330106", "city": "330100", "province": "330000", "ningbo": "330200"}.items():
        officers[name] = User.objects.create(
            username=name, display_name="某人", role="regulator", division_code=division, password="!"
        )
        clients[name] = browser(officers[name])
    return Desk(province, files, clients, officers)


def _fill(url: str) -> Province:
    with psycopg.connect(url) as connection:
        province = Province(connection)
        for place, (name, division, category) in enumerate(_SHOPS):
            province.add_shop(name, place, division_code=division, is_approved=True)
            connection.execute(
                "update enterprise set category_code = %s, company_name = %s where company_code = %s",
                [category, _FORMULA_NAME if name == "two" else f"某{place}汽修", province.shops[name]],
            )
        connection.commit()
        for days_ago, shop in ((0, "one"), (1, "one"), (2, "ningbo"), (40, "one")):
            on = TODAY - timedelta(days=days_ago)
            province.upload(shop, _CAR, on, str(50_000 - days_ago), received_at=at(on))
        province.upload("one", _CAR, TODAY, "50001", vin="无", number="BAD")
        connection.commit()
        refresh_shops(connection, clock=lambda: datetime.now(UTC))
        while follow(connection, clock=lambda: datetime.now(UTC), node_code="33"):
            pass
        connection.commit()
    return province


class _Tables(HTMLParser):
    """Texts of the cells of every table that has a name."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] | None = None
        self._is_in_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows = self.tables.setdefault(dict(attrs).get("id") or "", [])
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in {"td", "th"} and self._rows is not None:
            self._rows[-1].append("")
            self._is_in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._is_in_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_in_cell and self._rows:
            self._rows[-1][-1] += data.strip()


def _sheet(content: bytes) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["说明", "数据"]
    return [tuple(row) for row in book["数据"].iter_rows(values_only=True)]


def _as_on_page(heading: str, value: Any) -> str:
    if "%" in heading or "（%）" in heading:
        return "–" if value is None else f"{value:.1f}%"
    return str(value) if isinstance(value, str) else number(value)


def test_the_file_of_coverage_has_the_cells_of_the_page(desk: Desk) -> None:
    page = desk.get("province", "/regulator/coverage")
    on_page = _Tables(page).tables["areas-table"][2:]
    head, whole, *rows = _sheet(desk.fetch("province", "/regulator/exports/coverage.xlsx?scope=330000"))
    assert [[_as_on_page(heading, cell) for heading, cell in zip(head[1:], row[1:], strict=True)] for row in rows] == [
        row[:13] for row in on_page
    ]
    assert [row[0] for row in rows] == ["330100", "330200"]
    assert whole[:5] == ("330000", "浙江省", 2, 1, 50), "class 1: one of two is connected"
    assert whole[-3:] == (4, 2, 50)
    written = csv.reader(io.StringIO(desk.fetch("province", "/regulator/exports/coverage.csv").decode("utf-8-sig")))
    assert [row[1:4] for row in written][1:] == [["浙江省", "2", "1"], ["杭州市", "2", "1"], ["宁波市", "0", "0"]]


def test_the_file_of_rates_has_the_cells_of_the_page_along_every_line(desk: Desk) -> None:
    for by in ("division", "category", "day", "month", "vendor", "maker"):
        query = f"by={by}&period=30_days&sort=-received"
        on_page = _Tables(desk.get("province", f"/regulator/rates?{query}")).tables["parts-table"]
        head, *rows = _sheet(desk.fetch("province", f"/regulator/exports/rates.xlsx?{query}"))
        places = [head.index(heading.rstrip("▲▼").strip()) for heading in on_page[0]]
        found = [[_as_on_page(head[place], row[place]) for place in places[1:]] for row in rows]
        assert found == [row[1:] for row in on_page[1:]], by
        received = [row[head.index("收到记录")] for row in rows]
        assert sum(received) == 4
        assert received == sorted(received, reverse=True)


def test_the_rates_of_the_whole_show_their_parts_formulas_and_the_change(desk: Desk) -> None:
    page = desk.get("county", "/regulator/rates?period=30_days")
    valid = next(row for row in _Tables(page).tables["whole-table"] if row[0].startswith("合格率"))
    assert valid[1:] == ["66.7%", "2", "3", "-33.3"], "two of three; before, all of one"
    assert "没有错误的记录 ÷ 有效记录" in page
    assert "提醒已读率" in page


def test_a_name_that_looks_like_a_formula_stays_a_text_in_the_list_of_shops(desk: Desk) -> None:
    for ending in ("xlsx", "csv"):
        export = desk.ask("province", table="shops", ending=ending, scope="330106", upload="unconnected")
        assert "已经做好" in desk.get("province", f"/regulator/exports/{export}")
        content = desk.fetch("province", f"/regulator/exports/{export}/file")
        if ending == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(content))
            name = book["数据"]["B2"]
            assert (name.value, name.data_type) == (_FORMULA_NAME, "s")
            assert ("范围", "浙江省杭州市西湖区") in list(book["说明"].iter_rows(values_only=True))
        else:
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
            assert [row[1] for row in rows[1:]] == [harmless(_FORMULA_NAME)] == [f"'{_FORMULA_NAME}"]
    event = AuditEvent.objects.filter(action=AuditAction.EXPORT_TABLE).latest("at")
    assert (event.object_id, event.after["upload"], event.after["scope"]) == ("shops", "unconnected", "330106")


def test_no_page_chart_or_file_answers_for_another_division(desk: Desk) -> None:
    own = {"county": "330106", "city": "330108", "province": "330212"}
    foreign = {"county": ["330108", "330100", "330000", "000000"], "city": ["330200", "330000"], "province": ["320000"]}
    paths = (
        "/regulator/coverage",
        "/regulator/rates",
        "/regulator/live",
        "/regulator/charts/coverage.svg",
        "/regulator/charts/trend.svg",
        "/regulator/charts/rates.svg",
        "/regulator/exports/coverage.csv",
        "/regulator/exports/rates.csv",
    )
    for name, code in own.items():
        desk.get(name, f"/regulator/live?scope={code}")
        for path in paths:
            for other in foreign[name][:2]:
                desk.get(name, f"{path}?scope={other}", status=404)
        for other in (*foreign[name], "33010", "999999", "３３０１０６", "x"):
            desk.get(name, f"/regulator/coverage?scope={other}", status=404)
        for table in ("coverage", "rates", "shops"):
            wish = {"table": table, "ending": "csv", "scope": foreign[name][0]}
            assert desk.clients[name].post("/regulator/exports/", wish).status_code == 404
    assert not desk.files.list_of(desk.officers["county"].pk, timezone.now())


def test_a_file_is_its_officers_alone_for_a_day(desk: Desk) -> None:
    export = desk.ask("county", table="rates", ending="csv", by="day", period="month")
    for path in (f"/regulator/exports/{export}", f"/regulator/exports/{export}/file"):
        desk.get("county", path)
        desk.get("city", path, status=404)
        desk.get("county", path.replace(str(export), str(uuid4())), status=404)
    owner, state = desk.officers["county"].pk, desk.files.state(desk.officers["county"].pk, export, timezone.now())
    assert state is not None
    assert desk.files.state(owner, export, state.asked_at + KEPT) is None
    assert desk.files.remove_old(state.asked_at + KEPT - timedelta(seconds=1)) == 0
    assert desk.files.remove_old(state.asked_at + KEPT) == 1


def test_a_file_of_the_former_division_is_not_given_out(desk: Desk) -> None:
    export, officer = desk.ask("county", table="rates", ending="csv"), desk.officers["county"]
    User.objects.filter(pk=officer.pk).update(division_code="330212")
    for path in (f"/regulator/exports/{export}", f"/regulator/exports/{export}/file"):
        desk.get("county", path, status=404)
    assert str(export) not in desk.get("county", "/regulator/exports/")


def test_of_many_wishes_at_once_two_are_taken_and_one_officer_s_are_made_one_by_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, start, busy, most = desk.officers["city"].pk, Barrier(4), [0], [0]

    def wish(place: int) -> UUID | None:
        start.wait()
        try:
            return desk.files.add(
                officer, ExportState("coverage", str(place), {"place": str(place)}, "csv", "zh-hans", timezone.now())
            )
        except TooManyExports:
            return None

    with ThreadPoolExecutor(4) as threads:
        taken = [each for each in threads.map(wish, range(4)) if each is not None]
    assert len(taken) == MOST_UNFINISHED

    def run(_officer: int, _export_id: UUID) -> int:
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        sleep(0.05)
        busy[0] -= 1
        return 0

    monkeypatch.setattr(making, "_run", run)
    for thread in [making.start_making(officer, each) for each in taken]:
        thread.join()
    assert most == [1]


def test_nonsense_gets_a_sentence(desk: Desk) -> None:
    for query, sentence in {
        "period=own&from=2026-13-01&to=2026-11-02": "日期请按 2026-11-01 的样子填写",
        "from=2026-11-05&to=2026-11-02": "开始日期要在结束日期之前",
        "from=0001-01-01&to=2026-11-02": "最早可以从2015年1月1日查起",
        "from=2015-01-01&to=2026-11-02": "一次最多查三年",
        "by=day&from=2026-01-01&to=2026-11-02": "按日一次最多看 92 天",
        "period=century": "没有这样的时间段",
        "by=colour": "没有这样的分法",
        "category=99": "没有这样的类别",
    }.items():
        assert sentence in desk.get("city", f"/regulator/rates?{query}", status=422), query
        desk.get("city", f"/regulator/charts/rates.svg?{query}", status=404)
    assert "没有这样的类别" in desk.get("city", "/regulator/coverage?category=99", status=422)
    for wish in ({}, {"table": "rates"}, {"table": "x", "ending": "csv"}, {"table": "shops", "ending": "exe"}):
        assert desk.clients["city"].post("/regulator/exports/", wish).status_code == 422
    wish = {"table": "shops", "ending": "csv", "silent_days": "-1"}
    long = {"table": "shops", "ending": "csv", "x" * 200: "1"}
    assert desk.clients["city"].post("/regulator/exports/", long).status_code == 422
    assert "没有这样的企业名单" in desk.clients["city"].post("/regulator/exports/", wish).content.decode()


def test_two_files_at_a_time_and_the_same_wish_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_pages, "start_making", lambda _officer, _export: None)
    first = desk.ask("city", table="coverage", ending="csv")
    assert desk.ask("city", table="coverage", ending="csv") == first
    desk.ask("city", table="coverage", ending="xlsx")
    third = desk.clients["city"].post("/regulator/exports/", {"table": "rates", "ending": "csv"})
    assert third.status_code == 409
    assert "前面两份还没有做完" in third.content.decode()
    assert desk.clients["city"].get(f"/regulator/exports/{first}/file").status_code == 302
    assert "正在制作覆盖率" in desk.get("city", f"/regulator/exports/{first}", **{"HX-Request": "true"})


def test_one_that_is_cut_off_is_begun_again_and_at_last_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = desk.officers["city"]
    begun: list[int] = []

    def rows(_officer: User, _params: Any) -> Iterator[tuple[str]]:
        begun.append(1)
        yield ("某",)
        raise KeyboardInterrupt  # as a kill does: no handler of ours runs

    falling = replace(exports._REGISTERED["coverage"], rows=rows, columns=lambda _officer, _params: [Column("某")])
    monkeypatch.setitem(exports._REGISTERED, "coverage", falling)
    state = ExportState("coverage", "会断的表", {"scope": "330100"}, "csv", "zh-hans", timezone.now())
    export = desk.files.add(officer.pk, state)
    with pytest.raises(KeyboardInterrupt):
        making.make(officer, export, desk.files)
    cut_off = desk.files.state(officer.pk, export, timezone.now())
    assert cut_off is not None
    assert (cut_off.is_finished, cut_off.tries) == (False, 1)
    for _try in range(MOST_TRIES - 1):
        with pytest.raises(KeyboardInterrupt):
            making.make(officer, export, desk.files)
    making.make(officer, export, desk.files)
    assert "没有做成，请缩小范围后再试一次。" in desk.get("city", f"/regulator/exports/{export}")
    assert len(begun) == MOST_TRIES


def test_one_whose_rows_cannot_be_counted_is_given_up_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = desk.officers["city"]

    def count(_officer: User, _params: Any) -> int:
        raise KeyError("no such column")

    broken = replace(exports._REGISTERED["coverage"], count=count)
    monkeypatch.setitem(exports._REGISTERED, "coverage", broken)
    wish = ExportState("coverage", "数不清的表", {"scope": "330100"}, "csv", "zh-hans", timezone.now())
    export = desk.files.add(officer.pk, wish)
    monkeypatch.setattr(making.os, "nice", lambda _by: 0)
    for _try in range(MOST_TRIES):
        with pytest.raises(KeyError):  # a fault of the table's: not taken for a wish that is gone
            making.main([str(officer.pk), str(export)])
    making.make(officer, export, desk.files)
    state = desk.files.state(officer.pk, export, timezone.now())
    assert state is not None
    assert (state.is_finished, state.problem) == (True, "没有做成，请缩小范围后再试一次。")


def test_a_file_for_which_there_was_no_thread_is_begun_at_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    export, made = uuid4(), list[UUID]()

    def run(_officer: int, export_id: UUID) -> int:
        made.append(export_id)
        return 0

    def refuse(_thread: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(making, "_run", run)
    with monkeypatch.context() as short:
        short.setattr(Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            making.start_making(1, export)
    making.start_making(1, export).join()
    assert made == [export]


def test_a_file_is_named_after_the_time_in_china() -> None:
    asked_at = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert ExportState("x", "督促名单", {}, "csv", "zh-hans", asked_at).name == "督促名单-20261123-0030.csv"


def test_old_files_make_room(desk: Desk) -> None:
    officer = desk.officers["county"].pk
    for place in range(MOST_KEPT + 3):
        asked_at = timezone.now() + timedelta(seconds=place)
        done = ExportState("coverage", str(place), {}, "csv", "zh-hans", asked_at, done_at=asked_at)
        desk.files.add(officer, done)
    kept = [state.title for _id, state in desk.files.list_of(officer, timezone.now())]
    assert kept == [str(place) for place in reversed(range(3, MOST_KEPT + 3))]


def test_the_live_board_counts_what_came_in_lately(desk: Desk) -> None:
    page = desk.get("province", "/regulator/live")
    assert "今天共 2 条" in page
    rows = _Tables(page).tables[""]
    assert {row[0]: row[4] for row in rows[1:]} == {"杭州市": "2", "宁波市": "0"}
    part = desk.get("province", "/regulator/live", **{"HX-Request": "true", "HX-Target": "board"})
    assert part.startswith('<div id="board"')
    said = desk.get("province", "/regulator/live", **{"HX-Request": "true", "HX-Target": "summary"})
    assert said.startswith("近一小时收到")
    with connections.archive() as connection:
        later = live.make_board(connection, "330000", timezone.now() + timedelta(minutes=30))
    assert later.whole.last_quarter == 0


def test_an_unchanged_chart_is_not_sent_again(desk: Desk) -> None:
    first = desk.clients["province"].get("/regulator/charts/trend.svg")
    assert first.headers["Content-Type"].startswith("image/svg+xml")
    again = desk.clients["province"].get("/regulator/charts/trend.svg", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert desk.clients["province"].get("/regulator/charts/other.svg").status_code == 404
