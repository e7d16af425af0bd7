"""What the public is told of a shop beside its registration. Business data only: no person, no price. Pure."""

from __future__ import annotations

from decimal import Decimal

import msgspec

CREDIT_GRADES = ("AAA", "AA", "A", "B")
"""质量信誉等级, the best first (质量信誉考核办法(试行), 交公路发〔2006〕719号)."""


class ShopProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One shop's public particulars."""

    company_code: str
    latitude: Decimal | None = None
    """Degrees north, CGCS2000; ``None`` with ``longitude`` when nobody told where it lies."""
    longitude: Decimal | None = None
    brands: tuple[str, ...] = ()
    """授权或主修品牌, as signs read."""
    repairs_nev: bool = False
    """Repairs 新能源汽车."""
    is_emission_station: bool = False
    """汽车排放性能维护（维修）站 (M 站)."""
    opening_hours: str = ""
    """As the shop words it: 每天 8:30–18:00."""
    credit_grade: str = ""
    """One of CREDIT_GRADES; '' not assessed."""
    credit_year: int | None = None
    """Year that was assessed."""
    is_4s: bool = False
    """4S 店: sells, services and has parts of its brands by their makers' leave."""
    has_rescue: bool = False
    """24 小时救援."""
    chain_name: str = ""
    """连锁 it belongs to, as its sign reads; '' for none. Says nothing of who may upload for it."""


OWN_FIELDS = (
    "latitude",
    "longitude",
    "brands",
    "repairs_nev",
    "opening_hours",
    "is_4s",
    "has_rescue",
    "chain_name",
)
"""What a shop tells of itself. The others are the authority's word: credit grade and the list of M stations."""


class FoundShop(msgspec.Struct, frozen=True, kw_only=True):
    """One shop of a search."""

    company_code: str
    company_name: str
    division_code: str
    category_code: str
    address: str
    operation_state_code: str
    profile: ShopProfile
    distance_km: float | None
    """As the crow flies; ``None`` without a place to measure from or to."""


class ShopQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody looks for; empty fields ask for nothing."""

    division_prefix: str = ""
    """Two, four or six digits."""
    words: str = ""
    """Part of the name."""
    category_code: str = ""
    brand: str = ""
    only_nev: bool = False
    only_emission_station: bool = False
    lowest_grade: str = ""
    """This credit grade or a better one."""
    latitude: float | None = None
    """Where the seeker is, with ``longitude``: shops without a known place are left out then."""
    longitude: float | None = None
    within_km: float = 30.0

    @property
    def grades(self) -> tuple[str, ...]:
        """Credit grades that fit; none asked for: all, assessed or not."""
        return CREDIT_GRADES[: CREDIT_GRADES.index(self.lowest_grade) + 1] if self.lowest_grade else ()
