from __future__ import annotations

from datetime import date, timedelta

import pytest

from chedang.fiction.county import make_county
from chedang.fiction.provinces import province
from chedang.terms import vin

UNTIL = date(2026, 11, 22)


@pytest.fixture(scope="module")
def county():
    return make_county("330402", province("33"), until=UNTIL)


def test_a_county_has_work_for_its_officer(county):
    silent = [(UNTIL - shop.uploads[-1][0]).days for shop in county if shop.uploads]
    assert sum(days > 7 for days in silent) >= 20
    assert sum(days > 30 for days in silent) >= 4
    assert sum(not shop.uploads for shop in county) == 3


def test_a_county_is_always_the_same(county):
    assert make_county("330402", province("33"), until=UNTIL) == county


def test_shops_of_a_county_lie_in_it_and_have_codes_and_names_of_their_own(county):
    assert {shop.shop.registration.division_code for shop in county} == {"330402"}
    assert len({shop.company_code for shop in county}) == len(county)
    assert len({shop.shop.registration.company_name for shop in county}) == len(county)


def test_one_shop_uploads_less_than_before_and_one_with_errors(county):
    lately = UNTIL - timedelta(days=30)
    counts = [sum(on > lately for on, _ in shop.uploads) for shop in county]
    before = [len(shop.uploads) / 9 for shop in county]
    assert any(0 < now * 2 < usual and shop.uploads[-1][0] >= UNTIL - timedelta(days=7)
               for shop, now, usual in zip(county, counts, before, strict=True))  # fmt: skip
    faulty = [sum(on > lately and not vin.opens_file(text.vin) for on, text in shop.uploads) for shop in county]
    assert any(wrong * 10 > count >= 20 for wrong, count in zip(faulty, counts, strict=True))


def test_nothing_is_uploaded_before_the_shop_was_filed_or_after_the_last_day(county):
    assert all(shop.filed_on <= on <= UNTIL for shop in county for on, _ in shop.uploads)
