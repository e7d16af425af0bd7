"""What fictional shops do to fictional cars: faults, projects with hours, parts with codes and quantities."""

from __future__ import annotations

import tomllib
from enum import Enum
from functools import cache
from importlib import resources

import msgspec


class Power(Enum):
    """Which vehicles a job fits."""

    ANY = "any"
    FUEL = "fuel"
    ELECTRIC = "electric"


class JobKind(msgspec.Struct, frozen=True):
    """One kind of job as a foreman would write it."""

    fault: str
    weight: int
    """How often it happens next to the others."""
    projects: tuple[tuple[str, str], ...]
    """Name and hours."""
    parts: tuple[tuple[str, str, str], ...] = ()
    """Name, code and quantity."""
    power: Power = Power.ANY


@cache
def job_kinds(power: Power) -> tuple[JobKind, ...]:
    """The jobs that happen to vehicles of this power."""
    document = tomllib.loads(resources.files("chedang.fiction").joinpath("data", "jobs.toml").read_text("utf-8"))
    kinds = msgspec.convert(document["job"], tuple[JobKind, ...])
    return tuple(kind for kind in kinds if kind.power in {power, Power.ANY})
