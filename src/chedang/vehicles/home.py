"""车籍: the province to which a vehicle belongs, and by what we know it. Pure. Holds plates: never logged.

The precedence is ours (notice of 2017: records go to the province of registration; JT/T 1132.4 not read, 待核).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from chedang.terms import plate
from chedang.terms.division import PROVINCES

MINISTRY: Final = "00"
LOCAL: Final = "local"
"""Origin of a record that came in at this node's own gate."""

_XINJIANG: Final = "65"
_BINGTUAN: Final = "66"


class HomeBasis(StrEnum):
    """By what a 车籍 is known, the strongest first."""

    REGISTRATION = "registration"
    """Stated on a 行驶证 or by an authority."""
    PLATE = "plate"
    """The plate on the newest record decides."""
    EARLIER_PLATE = "earlier_plate"
    """The newest record's plate names nothing; the last one that did stands."""
    SHOP = "shop"
    """No plate ever named a province: where the newest record was made."""
    UNKNOWN = "unknown"


class Home(msgspec.Struct, frozen=True):
    """车籍: ``province_code`` is two digits, 00 for one that stays with the ministry, '' when nothing is known."""

    province_code: str
    by: HomeBasis


class Sighting(NamedTuple):
    """One record of the vehicle: the plate on it ('' for none) and the node, two digits, at which it came in."""

    plate_number: str
    node_code: str


class HomeFacts(msgspec.Struct, frozen=True):
    """What is known of a vehicle's 车籍 beside its records."""

    node_code: str
    """This node: records of origin ``local`` came in here."""
    registered_province: str = ""
    shop_nodes: Mapping[str, str] = {}
    """Company code → node that registers the shop, as far as that is known here."""


def resolve_home(registered_province: str, sightings: Sequence[Sighting], shop_province: str) -> Home:
    """车籍 of a vehicle from its active records, newest first.

    A stated registration ('' for none) goes first, then the newest plate that decides, then ``shop_province``. An
    embassy plate keeps the vehicle with the ministry. Civil aviation, military, temporary and unreadable plates decide
    nothing. Source: ours.
    """
    if registered_province:
        return Home(registered_province, HomeBasis.REGISTRATION)
    for place, sighting in enumerate(sightings):
        if province := _province_by_plate(sighting.plate_number, sightings):
            return Home(province, HomeBasis.EARLIER_PLATE if place else HomeBasis.PLATE)
    return Home(shop_province, HomeBasis.SHOP if shop_province else HomeBasis.UNKNOWN)


def _province_by_plate(plate_number: str, sightings: Sequence[Sighting]) -> str:
    """The province for which a plate decides; '' for none."""
    found = plate.read(plate_number)
    if found is None:
        return ""
    if found.kind is plate.PlateKind.EMBASSY:
        return MINISTRY
    if found.province_code == _XINJIANG:
        return _tell_bingtuan(plate_number, sightings)
    return found.province_code or ""


def _tell_bingtuan(plate_number: str, sightings: Sequence[Sighting]) -> str:
    """65 or 66 of a plate with 新, which cannot tell: the newest record that carries it and came in at one of the two.

    A repair in a third province says nothing about it, and must not take a vehicle away from 兵团.
    """
    nodes = (sighting.node_code for sighting in sightings if sighting.plate_number == plate_number)
    return next((node for node in nodes if node in (_XINJIANG, _BINGTUAN)), _XINJIANG)


def came_in_at(origin: str, node_code: str) -> str:
    """The node, two digits, at whose gate a record of this origin came in; ``node_code`` is our own."""
    return node_code if origin == LOCAL else origin


def province_of_shop(company_code: str, known_node: str) -> str:
    """Province of a shop: the node that registers it ('' when we were not told), else what its code begins with.

    A shop that the ministry registers lies in some province, too, so there the code counts. '' when none is named.
    """
    if known_node not in ("", MINISTRY):
        return known_node
    return company_code[:2] if company_code[:2] in PROVINCES else ""


def province_of_record(company_code: str, node_code: str, known_node: str) -> str:
    """Where a record's shop is: the province at which it came in; for one of a head office, the shop's own."""
    return node_code if node_code != MINISTRY else province_of_shop(company_code, known_node)
