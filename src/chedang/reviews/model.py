"""What owners speak of, as data. Pure."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec


class Visit(msgspec.Struct, frozen=True):
    """One settled job of a car that the speaker has bound. Made by ``site.owner.visits`` only, which checks that."""

    vin: str
    record_id: UUID
    version: int
    """Of the record as the speaker saw it."""
    company_code: str
    division_code: str
    """Of the shop: county level mostly; '' when the shop is not known here."""
    settled_on: date | None
