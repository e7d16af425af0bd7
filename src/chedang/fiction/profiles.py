"""What fictional shops tell the public: a place somewhere in their city, brands, hours."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from chedang.enterprises.profile_model import ShopProfile

_CENTRES = {
    "3301": (30.27, 120.15), "3302": (29.87, 121.55), "3303": (28.00, 120.67), "3304": (30.75, 120.75),
    "3305": (30.87, 120.09), "3306": (30.00, 120.58), "3307": (29.08, 119.65), "3308": (28.97, 118.87),
    "3309": (29.99, 122.21), "3310": (28.66, 121.42), "3311": (28.45, 119.92), "3201": (32.06, 118.78),
    "3202": (31.49, 120.31), "3203": (34.26, 117.18), "3204": (31.78, 119.95), "3205": (31.30, 120.62),
    "3206": (31.98, 120.89), "3207": (34.60, 119.22), "3208": (33.61, 119.02), "3209": (33.35, 120.16),
    "3210": (32.39, 119.42), "3211": (32.19, 119.45), "3212": (32.46, 119.92), "3213": (33.96, 118.28),
}  # fmt: skip
"""About where the prefectures of the demonstration lie, degrees north and east."""
_BRANDS = ("云驰", "北辰", "长风", "锐行", "星原", "沃途")
"""Brands that do not exist."""
_GRADES = ("AAA", "AA", "AA", "A", "", "AA", "")


def make_profile(number: int, company_code: str, division_code: str, *, assessed_year: int) -> ShopProfile:
    """Particulars of shop ``number``: the same ones every time."""
    random = Random(f"profile/{division_code}/{number}")
    centre = _CENTRES.get(division_code[:4])
    grade = _GRADES[number % len(_GRADES)]
    return ShopProfile(
        company_code=company_code,
        latitude=None if centre is None else _near(random, centre[0]),
        longitude=None if centre is None else _near(random, centre[1]),
        brands=tuple(sorted(random.sample(_BRANDS, 1 + number % 3))),
        repairs_nev=number % 2 == 0,
        is_emission_station=number % 5 == 0,
        opening_hours="每天 8:30–18:00" if number % 3 else "周一至周六 8:00–17:30",
        credit_grade=grade,
        credit_year=assessed_year if grade else None,
    )


def _near(random: Random, degrees: float) -> Decimal:
    return round(Decimal(degrees + random.uniform(-0.06, 0.06)), 5)
