"""Public particulars of shops in PostgreSQL, and finding shops by them. Nobody's payment has any part in it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec

from chedang.enterprises.profile_model import OWN_FIELDS, FoundShop, ShopProfile, ShopQuery
from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries

_SQL = load_queries("chedang.enterprises", "profiles.sql")


def read_profiles(connection: Connection, company_codes: Collection[str]) -> dict[str, ShopProfile]:
    """What was told of these shops; of whom nothing was told is absent."""
    rows = connection.execute(_SQL["read_profiles"], {"company_codes": list(company_codes)})
    return {row[0]: _profile(row[0], row[1:]) for row in rows}


def keep_profile(connection: Connection, profile: ShopProfile, *, by: str, now: datetime) -> None:
    """Write down what is told now, in place of what was told before, in the caller's transaction."""
    values = msgspec.structs.asdict(profile) | {"brands": list(profile.brands), "told_by": by, "told_at": now}
    connection.execute(_SQL["keep_profile"], values)


def hold_profile(connection: Connection, company_code: str) -> ShopProfile:
    """What was told of one shop, or nothing yet; held still until the caller's transaction ends."""
    row = connection.execute(_SQL["hold_profile"], {"company_code": company_code}).fetchone()
    return ShopProfile(company_code=company_code) if row is None else _profile(row[0], row[1:])


def keep_own_profile(connection: Connection, profile: ShopProfile, *, by: str, now: datetime) -> None:
    """Write down what the shop tells of itself (OWN_FIELDS), in the caller's transaction; the rest is left as it is."""
    values: dict[str, object] = {name: getattr(profile, name) for name in OWN_FIELDS}
    values |= {"company_code": profile.company_code, "brands": list(profile.brands), "told_by": by, "told_at": now}
    connection.execute(_SQL["keep_own_profile"], values)


def find_shops(connection: Connection, query: ShopQuery) -> list[FoundShop]:
    """Approved shops in business that fit, in no order: nearest, best rated or by name is the caller's choice."""
    parameters = {
        "division_prefix": query.division_prefix or None,
        "words": f"%{_escape(query.words)}%" if query.words else None,
        "category_code": query.category_code or None,
        "brand": query.brand or None,
        "only_nev": query.only_nev,
        "only_emission_station": query.only_emission_station,
        "grades": list(query.grades) or None,
        "latitude": query.latitude,
        "longitude": query.longitude,
        "within_km": query.within_km,
    }
    found = [_found(row) for row in connection.execute(_SQL["find_shops"], parameters)]
    if query.latitude is None:
        return found
    return [shop for shop in found if shop.distance_km is not None and shop.distance_km <= query.within_km]


def list_brands(connection: Connection) -> list[str]:
    """Every brand that a shop names."""
    return [row[0] for row in connection.execute(_SQL["list_brands"])]


def list_divisions(connection: Connection) -> list[str]:
    """Six digits of every county in which a shop may be found."""
    return [row[0] for row in connection.execute(_SQL["list_divisions"])]


def _escape(words: str) -> str:
    """As they stand: no wildcard of SQL."""
    return words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _found(row: tuple[Any, ...]) -> FoundShop:
    code, name, division, category, address, state, *told, distance_km = row
    return FoundShop(
        company_code=code,
        company_name=name,
        division_code=division,
        category_code=category,
        address=address,
        operation_state_code=state,
        profile=_profile(code, tuple(told)),
        distance_km=distance_km,
    )


def _profile(company_code: str, told: tuple[Any, ...]) -> ShopProfile:
    latitude, longitude, brands, nev, station, hours, grade, year, is_4s, rescue, chain = told
    return ShopProfile(
        company_code=company_code,
        latitude=latitude,
        longitude=longitude,
        brands=tuple(brands or ()),
        repairs_nev=bool(nev),
        is_emission_station=bool(station),
        opening_hours=hours or "",
        credit_grade=grade or "",
        credit_year=year,
        is_4s=bool(is_4s),
        has_rescue=bool(rescue),
        chain_name=chain or "",
    )
