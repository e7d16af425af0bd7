"""A fictional maker at the ministry: it applies for one dealer of a seeded province, and is approved (总部对总部)."""

from __future__ import annotations

import time
from datetime import timedelta

from chedang.enterprises import known, maker_store, makers
from chedang.enterprises.maker_model import Maker, MakerState
from chedang.enterprises.store import Connection
from chedang.fiction.makers import make_application
from chedang.platform.clock import system_clock
from chedang.terms.dates import day_in_china

_BY = "chedang network"
_VALID_FOR = timedelta(days=3 * 365)
_PATIENCE_SECONDS = 20.0
_POLL_SECONDS = 0.2


def seed_maker(ministry: Connection, dealer_code: str) -> Maker | None:
    """Let the maker apply and be approved, once. ``None`` while the ministry does not know its dealer yet."""
    application = make_application(dealer_code)
    found = maker_store.find_by_credit_code(ministry, application.unified_credit_code)
    if found is not None and found.state is not MakerState.APPLIED:
        return found
    if not _is_told_of(ministry, dealer_code):
        return None
    now = system_clock()
    maker = makers.apply(ministry, application, now=now)
    today = day_in_china(now)
    return makers.approve(ministry, maker.maker_code, valid_from=today, valid_until=today + _VALID_FOR, by=_BY, now=now)


def _is_told_of(ministry: Connection, company_code: str) -> bool:
    """Wait for the exchange to tell the ministry of a shop."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while known.find(ministry, company_code) is None:
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
