"""Claim codes: always the same for a record, another for another, and read as people type them."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.owners.claim_codes import ClaimPrinter, claim_code, code_digest, read_code
from chedang.terms.spoken import ALPHABET, in_groups

KEY, OTHER_KEY = b"k" * 32, b"j" * 32


@given(st.uuids())
def test_a_code_is_twelve_characters_that_are_not_taken_for_one_another(record_id: UUID) -> None:
    code = claim_code(KEY, record_id.hex)
    assert len(code) == 14
    assert set(code) <= set(ALPHABET) | {"-"}
    assert read_code(code) == code.replace("-", "")
    assert in_groups(read_code(code) or "") == code
    assert claim_code(OTHER_KEY, record_id.hex) != code


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_is_none(typed: str) -> None:
    code = read_code(typed)
    assert code is None or set(code) <= set(ALPHABET)


@pytest.mark.parametrize(
    "typed", ["7k2m-9qxd-3fht", " 7K2M 9QXD 3FHT ", "7K2M9QXD3FHT", "７Ｋ２Ｍ－９ＱＸＤ－３ＦＨＴ"]
)
def test_case_blanks_dashes_and_width_do_not_matter(typed: str) -> None:
    assert read_code(typed) == "7K2M9QXD3FHT"


@pytest.mark.parametrize("typed", ["", "7K2M-9QXD", "7K2M-9QXD-3FH0", "7K2M-9QXD-3FHO", "7K2M-9QXD-3FHTT", "浙A12345"])
def test_what_no_code_can_be_is_none(typed: str) -> None:
    assert read_code(typed) is None


def test_codes_of_many_records_are_all_different() -> None:
    codes = {claim_code(KEY, f"{number:032x}") for number in range(20_000)}
    assert len(codes) == 20_000


def test_the_index_knows_a_code_by_a_digest_that_needs_the_key() -> None:
    assert code_digest(KEY, "7K2M9QXD3FHT") != code_digest(OTHER_KEY, "7K2M9QXD3FHT")


def test_the_printer_makes_the_address_of_the_qr_code() -> None:
    printer = ClaimPrinter(KEY, "https://chedang.example.org")
    code = printer.code("0" * 32)
    assert printer.url(code) == f"https://chedang.example.org/c/{code}"
