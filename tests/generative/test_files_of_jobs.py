"""A table of any jobs reads back as those jobs, however its columns are ordered and whatever format it has."""

from __future__ import annotations

import io
from datetime import date

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.intake.files.made import as_csv, as_xlsx

from chedang.intake.files.answers import write_answer
from chedang.intake.files.headings import (
    ELEMENTS,
    HEADER_ATTRIBUTES,
    PART_ATTRIBUTES,
    PROJECT_ATTRIBUTES,
    chinese_name,
)
from chedang.intake.files.model import FileUnreadable
from chedang.intake.files.reading import read_file
from chedang.intake.files.verdicts import make_notes
from chedang.records.model import PartText, ProjectText, RecordText

words = st.text(st.sampled_from("杭州更换机油滤清器AZaz，；\"'=+-@,;| "), min_size=1, max_size=12).map(
    lambda text: f"字{text.strip()}尾"
)
numbers = st.integers(1, 10**12).map("JS{}".format)
amounts = st.decimals(0, 10**6, places=1).map(lambda value: f"{value.normalize():f}")
days = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map("{:%Y%m%d}".format)
parts = st.lists(st.builds(PartText, words, words, amounts), max_size=3).map(tuple)
projects = st.lists(st.builds(ProjectText, words, amounts), max_size=3).map(tuple)
jobs = st.builds(
    RecordText,
    company_name=words, vin=words, plate_number=words, repair_date=days, mileage=amounts, settle_date=days,
    fault_description=words, settlement_list_number=numbers, parts=parts, projects=projects,
)  # fmt: skip
tables = st.lists(jobs, min_size=1, max_size=4, unique_by=lambda job: job.settlement_list_number)


def rows_of(job: RecordText, *, repeating: bool) -> list[dict[str, str]]:
    """One row for each part and item pair; later rows repeat the header or only its number."""
    header = {wire: getattr(job, attribute) for wire, attribute in HEADER_ATTRIBUTES.items()}
    short = {"costlistcode": job.settlement_list_number}
    rows = []
    for place in range(max(len(job.parts), len(job.projects), 1)):
        row = dict(header if repeating or place == 0 else short)
        for held, names in ((job.parts, PART_ATTRIBUTES), (job.projects, PROJECT_ATTRIBUTES)):
            if place < len(held):
                row |= {wire: getattr(held[place], attribute) for wire, attribute in names.items()}
        rows.append(row)
    return rows


@settings(max_examples=60)
@given(tables, st.permutations(ELEMENTS), st.booleans(), st.booleans(), st.sampled_from(["csv", "gb18030", "xlsx"]))
def test_a_table_reads_back_the_same(
    table: list[RecordText], order: list[str], repeating: bool, in_chinese: bool, form: str
) -> None:
    headings = [chinese_name(wire) if in_chinese else wire for wire in order]
    rows = [[row.get(wire, "") for wire in order] for job in table for row in rows_of(job, repeating=repeating)]
    grid = [headings, *rows]
    raw = as_xlsx(grid) if form == "xlsx" else as_csv(grid, encoding=form if form != "csv" else "utf-8")

    read = read_file(raw)
    answered = write_answer(raw, read.layout, make_notes(read.jobs, {}))

    assert [job.text for job in read.jobs] == table
    assert [job.text for job in read_file(answered).jobs] == table


@settings(max_examples=60)
@given(tables, st.booleans())
def test_json_reads_back_the_same(table: list[RecordText], as_lines: bool) -> None:
    raw = b"\n".join(map(msgspec.json.encode, table)) if as_lines else msgspec.json.encode(table)

    read = read_file(raw, "a.ndjson" if as_lines else "a.json")
    answered = write_answer(raw, read.layout, make_notes(read.jobs, {}))

    assert [job.text for job in read.jobs] == table
    assert [job.text for job in read_file(answered, "a.ndjson" if as_lines else "").jobs] == table


@settings(max_examples=200)
@given(st.binary(max_size=400), st.sampled_from(["", "a.ndjson"]))
def test_any_bytes_are_read_or_refused_in_a_sentence(raw: bytes, name: str) -> None:
    for content in (raw, b"PK\x03\x04" + raw, b"{" + raw, io.BytesIO(raw).getvalue()[::-1]):
        try:
            read = read_file(content, name)
        except FileUnreadable as fault:
            assert str(fault).endswith("。")
        else:
            write_answer(content, read.layout, make_notes(read.jobs, {}))
