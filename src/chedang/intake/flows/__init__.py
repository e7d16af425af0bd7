"""The use cases of intake, one function per kind of request: what is asked for, done with the toolbox of ``service``.

A flow knows no wire vocabulary. A dialect with a new kind of request brings the request type and its flow; ``FLOWS`` of
each module are put together here.
"""

from __future__ import annotations

from typing import Any

from chedang.intake.flows import chains, clock, corrections, orders, uploads
from chedang.intake.outcomes import Outcome
from chedang.intake.service import Intake

_FLOWS = {
    **uploads.FLOWS,
    **clock.FLOWS,
    **corrections.FLOWS,
    **chains.FLOWS,
    **orders.FLOWS,
}


async def perform(intake: Intake, request: Any, dialect: str) -> Outcome:
    """Carry out one request. Raises Refused, or the store's error."""
    return await _FLOWS[type(request)](intake, request, dialect)
