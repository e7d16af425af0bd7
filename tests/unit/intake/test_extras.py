"""Which fields beyond the 13 elements a node may keep: the setting, and what is chosen by it."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from chedang.intake.extras import MAX_IMAGE_BYTES, ExtraBasisError, ExtraKeeper, read_basis
from chedang.intake.outcomes import Extra, ExtraCategory, RecordAccepted

BASIS = read_basis("price=示例依据一号；photograph=示例依据二号")
JPEG = b"\xff\xd8\xff" + bytes(100)


def test_nothing_means_that_nothing_is_kept() -> None:
    assert read_basis("") == read_basis(" ; ；") == {}


def test_categories_share_a_basis_and_entries_are_told_apart() -> None:
    assert read_basis("price， engine_number = 沪交科〔2020〕12号 ; Photograph=示例依据") == {
        ExtraCategory.PRICE: "沪交科〔2020〕12号",
        ExtraCategory.ENGINE_NUMBER: "沪交科〔2020〕12号",
        ExtraCategory.PHOTOGRAPH: "示例依据",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("price", "依据"),
        ("price=", "依据"),
        ("price=法", "依据"),
        ("price=" + "长" * 201, "依据"),
        ("money=示例依据一号", "money"),
        ("=示例依据一号", "类别"),
        ("price=示例依据一号;price,owner=示例依据二号", "price"),
        ("all=示例依据一号", "all"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_in_one_sentence(text: str, problem: str) -> None:
    with pytest.raises(ExtraBasisError, match=problem) as caught:
        read_basis(text)
    assert str(caught.value).startswith("CHEDANG_EXTRA_BASIS：")
    assert "for example" in str(caught.value)


class Cursor:
    def __init__(self, written: list[dict[str, Any]]) -> None:
        self._written = written

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def executemany(self, _statement: str, rows: list[dict[str, Any]]) -> None:
        self._written += rows

    cursor = __enter__


def kept(*extras: Extra, basis: Any = BASIS) -> list[dict[str, Any]]:
    """Rows that would be written."""
    written: list[dict[str, Any]] = []

    class Connection:
        def cursor(self) -> Cursor:
            return Cursor(written)

    async def database(work: Any) -> Any:
        return work(Connection())

    class Shop:
        company_code = "330106000000001"

    keeper = ExtraKeeper(basis, database, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    asyncio.run(keeper(Shop(), RecordAccepted("0" * 32, True, 3), extras))  # type: ignore[arg-type]
    return written


def test_only_categories_with_a_basis_are_kept_with_its_name_and_the_version() -> None:
    (row,) = kept(
        Extra(ExtraCategory.PRICE, "totalCost", "388.0"),
        Extra(ExtraCategory.OWNER, "vehicleOwner", "示例"),
        Extra(ExtraCategory.CONTACT, "contact", "示例"),
    )
    assert (row["name"], row["value"], row["category"], row["basis"]) == ("totalCost", "388.0", "price", "示例依据一号")
    assert (row["version"], row["company_code"]) == (3, "330106000000001")
    assert kept(Extra(ExtraCategory.PRICE, "totalCost", "388.0"), basis={}) == []


def test_an_image_is_kept_whole_up_to_five_megabytes() -> None:
    def photograph(value: str | bytes) -> list[dict[str, Any]]:
        return kept(Extra(ExtraCategory.PHOTOGRAPH, "carPhoto", value))

    text = base64.b64encode(JPEG).decode()
    for value in (JPEG, text, f"data:image/jpeg;base64,{text}"):
        (row,) = photograph(value)
        assert (row["image"], row["value"]) == (JPEG, None)
    (row,) = photograph("http://image.invalid/0")
    assert (row["image"], row["value"]) == (None, "http://image.invalid/0")
    assert photograph(JPEG + bytes(MAX_IMAGE_BYTES)) == []


def test_values_are_cut_and_made_storable_and_their_number_is_bounded() -> None:
    (row,) = kept(Extra(ExtraCategory.PRICE, "a\0b", "1\ud800" + "2" * 10_000))
    assert (row["name"], len(row["value"])) == ("ab", 4_000)
    assert len(kept(*[Extra(ExtraCategory.PRICE, str(number), "1") for number in range(5_000)])) == 2_000
