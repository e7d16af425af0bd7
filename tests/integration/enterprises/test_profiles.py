"""Finding shops by what the public is told of them, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import msgspec
import psycopg
import pytest

from chedang.enterprises import actions, profiles
from chedang.enterprises.profile_model import ShopProfile, ShopQuery
from chedang.fiction.shops import make_shop

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def _shop(connection: psycopg.Connection, number: int, *, is_approved: bool = True, **told: object) -> str:
    registration = make_shop(Random(number), number).registration
    elements = {key: told.pop(key) for key in ("operation_state", "company_name") if key in told}
    registration = msgspec.structs.replace(registration, **elements)
    code = actions.register(connection, registration, now=NOW).enterprise.company_code
    if is_approved:
        actions.approve(connection, code, by="tests", now=NOW)
    if told:
        profiles.keep_profile(connection, ShopProfile(company_code=code, **told), by="tests", now=NOW)
    return code


def _codes(connection: psycopg.Connection, **asked: object) -> set[str]:
    return {shop.company_code for shop in profiles.find_shops(connection, ShopQuery(**asked))}


def test_only_approved_shops_in_business_are_found(connection):
    open_shop = _shop(connection, 0)
    _shop(connection, 1, is_approved=False)
    _shop(connection, 2, operation_state="5")
    assert _codes(connection) == {open_shop}


def test_a_shop_is_found_by_each_particular_and_not_by_another(connection):
    west = _shop(
        connection,
        0,
        brands=("云驰",),
        repairs_nev=True,
        credit_grade="AAA",
        credit_year=2025,
        is_emission_station=True,
    )
    ningbo = _shop(connection, 1, brands=("长风",), credit_grade="A", credit_year=2025)
    plain = _shop(connection, 3)
    assert _codes(connection, brand="云驰") == {west}
    assert _codes(connection, only_nev=True) == {west}
    assert _codes(connection, only_emission_station=True) == {west}
    assert _codes(connection, lowest_grade="AA") == {west}
    assert _codes(connection, lowest_grade="A") == {west, ningbo}
    assert _codes(connection, division_prefix="3302") == {ningbo}
    assert _codes(connection, category_code="03") == {plain}
    assert _codes(connection, words="宁波") == {ningbo}
    assert _codes(connection, words="%") == set()


def test_near_means_within_so_many_kilometres_as_the_crow_flies(connection):
    near = _shop(connection, 0, latitude=Decimal("30.27000"), longitude=Decimal("120.15000"))
    far = _shop(connection, 1, latitude=Decimal("30.87000"), longitude=Decimal("120.09000"))
    _shop(connection, 2)
    here = {"latitude": 30.25, "longitude": 120.16}
    found = profiles.find_shops(connection, ShopQuery(**here, within_km=30))
    assert [shop.company_code for shop in found] == [near]
    assert found[0].distance_km == pytest.approx(2.42, abs=0.05)
    assert _codes(connection, **here, within_km=100) == {near, far}


def test_what_is_told_last_stands_and_places_are_whole_or_none(connection):
    code = _shop(connection, 0, brands=("云驰",), opening_hours="每天")
    profiles.keep_profile(connection, ShopProfile(company_code=code, brands=("长风",)), by="tests", now=NOW)
    assert profiles.read_profiles(connection, [code])[code].brands == ("长风",)
    assert profiles.list_brands(connection) == ["长风"]
    assert profiles.list_divisions(connection) == ["330106"]
    with pytest.raises(psycopg.errors.CheckViolation):
        profiles.keep_profile(connection, ShopProfile(company_code=code, latitude=Decimal(30)), by="tests", now=NOW)


def test_what_a_shop_tells_leaves_what_the_authority_said(connection):
    code = _shop(connection, 0, is_emission_station=True, credit_grade="A", credit_year=2025, brands=("云驰",))
    own = ShopProfile(company_code=code, brands=("长风",), is_4s=True, has_rescue=True, chain_name="安心快修")
    profiles.keep_own_profile(connection, own, by="shop", now=NOW)
    told = profiles.read_profiles(connection, [code])[code]
    assert (told.brands, told.is_4s, told.has_rescue, told.chain_name) == (("长风",), True, True, "安心快修")
    assert (told.is_emission_station, told.credit_grade, told.credit_year) == (True, "A", 2025)
    with connection.transaction():
        assert profiles.hold_profile(connection, code) == told


def test_a_shop_that_claims_to_be_an_m_station_is_none(connection):
    code = _shop(connection, 0)
    own = ShopProfile(company_code=code, is_emission_station=True, credit_grade="AAA", credit_year=2025)
    profiles.keep_own_profile(connection, own, by="shop", now=NOW)
    told = profiles.read_profiles(connection, [code])[code]
    assert (told.is_emission_station, told.credit_grade) == (False, "")
