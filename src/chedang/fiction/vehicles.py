"""Fictional vehicles: VINs with right check digits, plates of several kinds, a pace at which they are driven."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from chedang.fiction.catalogue import Power
from chedang.fiction.provinces import ZHEJIANG, FictionalProvince
from chedang.terms.vin import check_character

# World manufacturer codes of the Chinese region that stand for no maker here.
_MAKERS = ("LXX", "LXW", "LXU")
_MODELS = {
    Power.FUEL: ("A1B2", "C3D4", "E5F6"),
    Power.ELECTRIC: ("N7P8", "R9S1"),
}
_YEAR_CODES = "EFGHJKLMNPR"
_FIRST_YEAR = 2014
_SERIAL_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I, no O
_NEWEST_YEAR = 2023


@dataclass(frozen=True, slots=True)
class FictionalVehicle:
    """One car as its regular shop knows it."""

    vin: str
    plate_number: str
    earlier_plate_number: str | None
    """The plate it carried for the first part of its history, when it changed."""
    power: Power
    km_per_day: int
    start_km: int
    """Odometer at the beginning of the history."""
    rolled_back_km: int
    """By how much somebody turned the odometer back halfway through the history; 0 for an honest car."""


def make_vin(random: Random, power: Power = Power.FUEL, *, model_year: int | None = None) -> str:
    """A VIN of a maker that does not exist, with its right check digit; ``model_year`` from 2014 to 2024."""
    year_code = random.choice(_YEAR_CODES) if model_year is None else _YEAR_CODES[model_year - _FIRST_YEAR]
    before = random.choice(_MAKERS) + random.choice(_MODELS[power]) + random.choice("0123456789")
    after = year_code + random.choice("ABCDEFGH") + f"{random.randrange(1, 1_000_000):06d}"
    return before + check_character(f"{before}0{after}") + after


def make_plate(random: Random, power: Power = Power.FUEL, province: FictionalProvince = ZHEJIANG) -> str:
    """A plate number: mostly of the province, some of others; green ones for electric vehicles."""
    (city,) = random.choices(list(province.cities), weights=list(province.cities.values()))
    office = province.plate_character + city if random.random() < 0.88 else random.choice(province.elsewhere)
    if power is Power.ELECTRIC:
        return _new_energy_plate(random, office)
    kind = random.random()
    if kind < 0.02:
        return f"{office}{_serial(random, 4)}学"
    if kind < 0.03:
        return f"{office}{_serial(random, 4)}警"
    return office + _serial(random, 5)


def make_vehicle(random: Random, province: FictionalProvince = ZHEJIANG) -> FictionalVehicle:
    """One vehicle; about a quarter is electric, one in ten earns its living on the road."""
    power = Power.ELECTRIC if random.random() < 0.25 else Power.FUEL
    plate_number = make_plate(random, power, province)
    has_changed = random.random() < 0.03
    km_per_day = random.randint(140, 260) if random.random() < 0.1 else random.randint(18, 75)
    age_years = random.randint(0, 8)
    return FictionalVehicle(
        vin=make_vin(random, power, model_year=_NEWEST_YEAR - age_years),
        plate_number=plate_number,
        earlier_plate_number=make_plate(random, power, province) if has_changed else None,
        power=power,
        km_per_day=km_per_day,
        start_km=random.randint(1_000, 9_000) + km_per_day * 365 * age_years * 2 // 3,
        rolled_back_km=random.randint(60, 180) * km_per_day if age_years > 1 and random.random() < 0.02 else 0,
    )


def _new_energy_plate(random: Random, office: str) -> str:
    if random.random() < 0.04:
        return f"{office}{random.randrange(100_000):05d}D"
    return f"{office}{random.choice('DABCE')}{random.choice('0123456789ABCDEF')}{random.randrange(10_000):04d}"


def _serial(random: Random, length: int) -> str:
    """Digits with one letter among them, as most ordinary plates have."""
    characters = [random.choice("0123456789") for _ in range(length)]
    characters[random.randrange(length)] = random.choice(_SERIAL_LETTERS)
    return "".join(characters)
