"""Whatever a shop sends, the rules answer, always the same, and what they keep can be stored."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chedang.records.catalogue import describe
from chedang.records.identity import decode_content, encode_content
from chedang.records.model import PartText, ProjectText, RecordText
from chedang.records.rules import judge, load_limits

LIMITS = load_limits()

# What real uploaders send, mixed with anything at all, lone surrogates and NUL included.
texts = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.sampled_from(
        ["", "无", "N/A", "-", "0", "NaN", "-1", "1e999", "20260301", "浙A12345", "LZZ1A2B30GA000123", "9" * 40]
    ),
    st.from_regex(r"[0-9]{0,9}([.,/-][0-9]{0,6})?", fullmatch=True),
    st.integers(3990, 4010).map("长".__mul__),
)
records = st.builds(
    RecordText,
    company_name=texts, vin=texts, plate_number=texts, repair_date=texts, mileage=texts, settle_date=texts,
    fault_description=texts, settlement_list_number=texts,
    parts=st.lists(st.builds(PartText, texts, texts, texts), max_size=3).map(tuple),
    projects=st.lists(st.builds(ProjectText, texts, texts), max_size=3).map(tuple),
)  # fmt: skip
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(records, texts, instants)
def test_any_record_is_judged_and_always_the_same(text: RecordText, name: str, received_at: datetime) -> None:
    judgement = judge(text, limits=LIMITS, registered_name=name, received_at=received_at)

    assert judgement == judge(text, limits=LIMITS, registered_name=name, received_at=received_at)
    assert decode_content(encode_content(judgement.text)) == judgement.text
    for finding in judgement.findings:
        assert all(describe(finding, "en"))
        assert all(describe(finding))


@given(records, instants)
def test_normalised_values_fit_the_columns_of_the_store(text: RecordText, received_at: datetime) -> None:
    record = judge(text, limits=LIMITS, registered_name="", received_at=received_at).record

    assert record.vin is None or len(record.vin) == 17
    assert len(record.plate_number) <= 12
    assert "\0" not in record.settlement_list_number + record.plate_number
    assert record.mileage_km is None or 0 <= record.mileage_km < 10**9


@given(records, instants)
def test_judging_what_was_kept_finds_the_same_faults_but_the_cuts(text: RecordText, received_at: datetime) -> None:
    cuts = {"TEXT_CUT", "TOO_MANY_ROWS"}
    first = judge(text, limits=LIMITS, registered_name="", received_at=received_at)
    again = judge(first.text, limits=LIMITS, registered_name="", received_at=received_at)

    assert again.record == first.record
    assert [f for f in again.findings if f.code not in cuts] == [f for f in first.findings if f.code not in cuts]
