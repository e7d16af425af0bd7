"""Reading the table of shops' public particulars."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chedang.enterprises.profile_model import ShopProfile
from chedang.enterprises.profile_table import over, read_profile_table
from chedang.enterprises.table import TableUnreadable

CODE = "330106000000001"


def test_a_whole_line_becomes_a_profile() -> None:
    (row,) = read_profile_table(
        "companycode,latitude,longitude,brands,nev,mstation,openinghours,creditgrade,credityear\n"
        f"{CODE},30.274151,120.15,云驰/长风；云驰,是,0,每天 8:30–18:00,aa,2025\n".encode("gb18030")
    )
    assert row.complaints == ()
    assert row.profile is not None
    assert (row.profile.latitude, row.profile.longitude) == (Decimal("30.27415"), Decimal("120.15000"))
    assert row.profile.brands == ("云驰", "长风")
    assert (row.profile.repairs_nev, row.profile.is_emission_station) == (True, False)
    assert (row.profile.credit_grade, row.profile.credit_year) == ("AA", 2025)


def test_a_line_may_tell_next_to_nothing() -> None:
    (row,) = read_profile_table(f"companycode\n{CODE}\n".encode())
    assert row.profile is not None
    assert row.profile.latitude is None
    assert row.profile.credit_grade == ""


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("latitude", "95", "latitude：应为 -90 到 90"),
        ("latitude", "NaN", "latitude：应为"),
        ("latitude", "30.1", "经纬度要么都填"),
        ("nev", "也许", "nev：填 1 或 0"),
        ("creditgrade", "AAAA", "creditgrade：应为 AAA"),
        ("creditgrade", "AA", "credityear：应为考核的年度"),
        ("openinghours", "开" * 61, "openinghours：不超过"),
        ("brands", "/".join(f"牌{n}" for n in range(21)), "brands："),
    ],
)
def test_what_cannot_be_read_names_its_column(column: str, value: str, sentence: str) -> None:
    (row,) = read_profile_table(f"companycode,{column}\n{CODE},{value}\n".encode())
    assert row.profile is None
    assert any(sentence in complaint for complaint in row.complaints)


def test_a_table_without_codes_is_none() -> None:
    with pytest.raises(TableUnreadable, match="companycode"):
        read_profile_table(b"name\nx\n")


KNOWN = ShopProfile(
    company_code=CODE,
    latitude=Decimal("30.1"),
    longitude=Decimal("120.1"),
    brands=("云驰",),
    repairs_nev=True,
    is_emission_station=True,
    opening_hours="每天 8:30–18:00",
    credit_grade="AA",
    credit_year=2025,
    is_4s=True,
    has_rescue=True,
    chain_name="安心快修",
)


def test_columns_that_a_table_lacks_change_nothing():
    (row,) = read_profile_table(f"companycode\n{CODE}\n".encode())
    assert over(KNOWN, row) == KNOWN


def test_empty_cells_leave_what_the_shop_told_and_end_what_the_authority_said():
    (row,) = read_profile_table(
        "companycode,latitude,longitude,brands,nev,mstation,openinghours,creditgrade,credityear,is4s,rescue,chain\n"
        f"{CODE},,,,,,,,,,,\n".encode()
    )
    kept = over(KNOWN, row)
    assert (kept.is_emission_station, kept.credit_grade, kept.credit_year) == (False, "", None)
    assert (kept.latitude, kept.brands, kept.repairs_nev, kept.is_4s) == (Decimal("30.1"), ("云驰",), True, True)
    assert (kept.has_rescue, kept.chain_name, kept.opening_hours) == (True, "安心快修", "每天 8:30–18:00")


def test_what_a_table_says_takes_the_place_of_what_was_known():
    (row,) = read_profile_table(f"companycode,brands,nev,is4s,rescue,chain\n{CODE},长风,0,否,0,另一连锁\n".encode())
    kept = over(KNOWN, row)
    assert (kept.brands, kept.repairs_nev, kept.is_4s, kept.has_rescue) == (("长风",), False, False, False)
    assert (kept.chain_name, kept.is_emission_station) == ("另一连锁", True)
