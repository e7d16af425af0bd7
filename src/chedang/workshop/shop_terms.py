"""What a shop proposes in its orders: 工时单价, and 质量保证期 beyond the legal minima, which it can never be below."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from chedang.access.models import User
from chedang.records.model import RecordText
from chedang.vehicles.warranty import VehicleGroup, periods
from chedang.vehicles.work import Confidence, LegalClass, classify_work
from chedang.workshop.models.orders import ShopTerms
from chedang.workshop.order_model import Promise

MOST_KM: Final = 1_000_000
MOST_DAYS: Final = 3650
_read_promises = msgspec.json.Decoder(dict[str, Promise]).decode


class Promised(StrEnum):
    """For what a shop may promise more than the law."""

    WHOLE = LegalClass.WHOLE.value
    LEVEL_TWO = LegalClass.LEVEL_TWO.value
    MINOR = LegalClass.MINOR.value
    NEV = "nev"
    """新能源专用部件, for which no minimum of their own is known: that of the work counts (待核)."""


class BelowMinimum(Exception):
    """A promise below the legal minimum for cars, or beyond what is believed; ``args`` names the class."""


class Terms(msgspec.Struct, frozen=True):
    """The terms of one shop."""

    hour_price: Decimal | None = None
    promises: Mapping[str, Promise] = {}


def terms_of(company_code: str) -> Terms:
    """The terms of a shop; without any, those of the law and no price."""
    row = ShopTerms.objects.filter(pk=company_code).first()
    return Terms() if row is None else Terms(row.hour_price, _read_promises(row.promises))


def set_terms(company_code: str, terms: Terms, *, by: User, now: datetime) -> None:
    """Keep the terms of a shop; orders that are settled keep theirs. Raises BelowMinimum."""
    for name, promise in terms.promises.items():
        least = least_promise(Promised(name))
        if not (least.km <= promise.km <= MOST_KM and least.days <= promise.days <= MOST_DAYS):
            raise BelowMinimum(name)
    values = {
        "hour_price": terms.hour_price,
        "promises": msgspec.json.encode(terms.promises).decode(),
        "changed_by": by,
        "changed_at": now,
    }
    ShopTerms.objects.update_or_create(pk=company_code, defaults=values)


def least_promise(promised: Promised, group: VehicleGroup = VehicleGroup.CAR) -> Promise:
    """The legal minimum."""
    row = LegalClass.MINOR if promised is Promised.NEV else LegalClass(promised.value)
    period = periods()[group][row]
    return Promise(period.km, period.days)


def promises_for(text: RecordText, vehicle_kind: str, terms: Terms) -> tuple[Promise, Promise]:
    """质量保证期 of a job, and that of its 新能源专用部件: the shop's word, never below the legal minimum."""
    group = VehicleGroup.MOTORCYCLE if "摩托" in vehicle_kind else VehicleGroup.CAR
    work = classify_work(text)
    is_sure = work.legal_class is not None and work.confidence is not Confidence.GUESSED
    row = work.legal_class if is_sure and work.legal_class else LegalClass.MINOR
    whole = _better(least_promise(Promised(row.value), group), terms.promises.get(row.value))
    return whole, _better(whole, terms.promises.get(Promised.NEV))


def _better(least: Promise, promised: Promise | None) -> Promise:
    """Kilometres and days each at least the minimum."""
    return least if promised is None else Promise(max(least.km, promised.km), max(least.days, promised.days))
