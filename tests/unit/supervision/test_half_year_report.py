"""半年报告: every figure leads back into the snapshot, and the same snapshot gives the same bytes."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import docx
import msgspec
import pytest

from chedang.quality.statistics_model import Row, Tally
from chedang.supervision.measure_model import (
    AreaMeasures,
    ClassMeasures,
    ExchangeMeasures,
    Measures,
    canonical,
    digest_of,
)
from chedang.supervision.report_composing import Composer, evaluate, look_up, words_of
from chedang.supervision.report_model import Document, Frozen, LeagueLine, Rows, Unit
from chedang.supervision.report_template import BadTemplate, load_template, read_template, unknown_gaps
from chedang.supervision.report_word import word_file

TALLY = Tally(
    received=210, standing=200, dated=190, on_time=171, complete=150, valid=180, vin_valid=199, plate_valid=198
)
MEASURES = Measures(
    scope="330000",
    first_on=date(2026, 7, 1),
    last_on=date(2026, 12, 31),
    whole=AreaMeasures(
        code="330000",
        classes={"01": ClassMeasures(10, 8, 7, TALLY), "02": ClassMeasures(30, 15, 12, TALLY), "": ClassMeasures(1)},
        ratings=4,
        rating_sum=Decimal("17.50"),
        owner_looks=1234,
        owners_active=77,
        reminders_sent=20,
        reminders_read=15,
    ),
    areas=(
        AreaMeasures(code="330100", classes={"01": ClassMeasures(10, 8, 7, TALLY)}, ratings=4, rating_sum=Decimal(17)),
        AreaMeasures(code="330200", classes={"02": ClassMeasures(30, 15, 12, TALLY)}),
    ),
    months=(Row("2026-11", 40, 20, 18, TALLY), Row("2026-12", 41, 23, 19, TALLY)),
    vendors=(Row("", 41, 23, 19, TALLY),),
    makers=(Row("", 38, 20, 16, TALLY), Row("000000000000001", 3, 3, 3, TALLY)),
    exchange={"33": ExchangeMeasures(184, 180, 171, 264960, 264000)},
)
LEAGUE = [LeagueLine("330100", 1, Decimal("88.20"), 6), LeagueLine("330200", 2, Decimal("71.05"), 6)]


def composed(texts: dict[str, str] | None = None, measures: Measures = MEASURES) -> Document:
    content = canonical(measures)
    frozen = Frozen("00112233445566ff", digest_of(content), 1, date(2026, 12, 30))
    composer = Composer(load_template(), content, frozen, league=LEAGUE, names={"000000000000001": "东方虚构汽车"})
    return composer.compose(texts or {}, authority="浙江省道路运输管理机构")


def test_every_figure_is_what_its_pointers_into_the_snapshot_give() -> None:
    frozen = json.loads(canonical(MEASURES))
    sources = {source.key: source for source in load_template().sources}
    figures = composed().figures()
    assert len(figures) > 100
    for figure in figures.values():
        if figure.source != "score":
            assert figure.value == evaluate(frozen, sources[figure.source].unit, figure.pointers), figure.ref


def test_figures_say_what_was_measured() -> None:
    figures = composed().figures()
    said = {name: figures[name].words for name in figures}
    assert said["text.coverage"] == "56.1%"  # 23 of 41
    assert said["text.coverage_01"] == "80.0%"
    assert said["text.on_time"] == "90.0%"
    assert said["text.received"] == "420 条"
    assert said["text.mean_rating"] == "4.38 分"
    assert said["text.owner_looks"] == "1,234 次"
    assert said["coverage_by_area.0.coverage_02"] == "–"
    assert said["coverage_by_class.1.filed"] == "30 家"
    assert said["volumes_by_month.1.coverage"] == "56.1%"
    assert said["exchange.0.days_equal"] == "92.9%"  # 171 of 184, as 运行考核 counts it
    assert said["league.0.score"] == "88.20（第 1 名）"


def test_chapters_stand_in_the_order_of_the_guide() -> None:
    titles = [chapter.title for chapter in composed().chapters]
    names = ["概述", "系统框架", "系统功能", "信息资源", "基础条件", "标准规范", "建设运行管理"]
    assert [title.partition("、")[2] for title in titles] == names


def test_each_figure_shows_the_number_of_its_line_in_the_appendix() -> None:
    document = composed()
    numbers = {reference.source.key: reference.number for reference in document.references}
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))
    assert all(figure.number == numbers[figure.source] for figure in document.figures().values())


def test_an_officers_words_stand_in_the_place_of_the_templates_and_name_figures() -> None:
    document = composed({"funds": "投入 120 万元。\n\n覆盖率达到 {覆盖率}，{没有这个}。"})
    part = next(part for chapter in document.chapters for part in chapter.parts if part.key == "funds")
    assert ["".join(run.words for run in line) for line in part.paragraphs] == [
        "投入 120 万元。",
        "覆盖率达到 56.1%，{没有这个}。",
    ]


def test_the_same_snapshot_and_words_give_the_same_bytes() -> None:
    first, second = (word_file(composed({"funds": "投入 120 万元。"})) for _ in range(2))
    assert sha256(first).digest() == sha256(second).digest()
    assert word_file(composed({"funds": "投入 121 万元。"})) != first
    assert {entry.date_time for entry in ZipFile(BytesIO(first)).infolist()} == {(2017, 1, 1, 0, 0, 0)}


def test_a_name_that_no_word_file_can_hold_spoils_no_report() -> None:
    odd = msgspec.structs.replace(MEASURES, vendors=(Row("某\ufffe软件\x0b", 1, 1, 1, TALLY),))
    file = docx.Document(BytesIO(word_file(composed({"funds": "投入\uffff 120 万元"}, odd))))
    assert "某软件" in [cell.text for table in file.tables for row in table.rows for cell in row.cells]


def test_the_word_file_has_every_figure_with_its_reference() -> None:
    document = composed()
    file = docx.Document(BytesIO(word_file(document)))
    text = "\n".join(paragraph.text for paragraph in file.paragraphs)
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    for figure in document.figures().values():
        if figure.ref.startswith("text."):
            assert f"{figure.words}〔{figure.number}〕" in text
        else:
            assert figure.words in cells
    assert document.frozen.digest in text
    assert [heading for heading in text.splitlines() if heading.startswith("七、")] == ["七、建设运行管理"]
    appendix = file.tables[-1]
    assert len(appendix.rows) == len(document.references) + 1


def test_a_table_without_rows_says_so() -> None:
    nothing = Measures(
        scope="330000",
        first_on=date(2026, 7, 1),
        last_on=date(2026, 12, 31),
        whole=AreaMeasures(code="330000"),
        areas=(),
        months=(),
        vendors=(),
        makers=(),
    )
    document = composed(measures=nothing)
    tables = [part.table for chapter in document.chapters for part in chapter.parts if part.table]
    assert [table.key for table in tables if not table.rows] == ["exchange", "volumes_by_month", "makers", "vendors"]
    text = "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(word_file(document))).paragraphs)
    assert text.count("报告期内没有数据。") == 4


@pytest.mark.parametrize(
    ("pointer", "count"),
    [
        ("/whole/classes/*/filed", 41),
        ("/whole/classes/01/tally/standing", 200),
        ("/whole/classes/09/filed", 0),
        ("/whole/rating_sum", Decimal("17.50")),
        ("/areas/1/ratings", 0),
        ("/exchange/44/days", 0),
    ],
)
def test_a_pointer_leads_to_a_count(pointer: str, count: object) -> None:
    assert look_up(json.loads(canonical(MEASURES)), pointer) == count


def test_words_of_nothing_are_a_dash() -> None:
    assert words_of(None, Unit.PERCENT) == "–"
    assert words_of(12345, Unit.SHOPS) == "12,345 家"


def test_the_league_and_the_lines_stand_in_tables_alone() -> None:
    template = load_template()
    assert unknown_gaps("{覆盖率}{运行考核得分}{联网可用率}{备案}", template) == ["运行考核得分", "联网可用率", "备案"]
    assert {table.rows for table in template.tables} == set(Rows)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('key = "coverage"\nname', 'key = "filed"\nname'),
        ('columns = ["line_up", "days_equal"]', 'columns = ["line_up", "nothing"]'),
        ('table = "exchange" }', 'table = "nothing" }'),
        ("占已对接企业的 {上传率}", "占已对接企业的 {上传绿}"),
        ('counts = ["classes/*/filed"]', 'counts = ["classes/*/filed", "ratings"]'),
        ("version = 1", "version = x"),
    ],
)
def test_a_template_that_contradicts_itself_is_refused(old: str, new: str) -> None:
    from importlib import resources

    text = resources.files("chedang.supervision").joinpath("data/report.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(BadTemplate):
        read_template(text.replace(old, new, 1))
