"""The node's clock, for clients that put its time into their requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from chedang.intake.flows.uploads import Flow
from chedang.intake.outcomes import ClockRead, ClockRequest
from chedang.intake.service import Intake

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


async def read_clock(intake: Intake, _request: ClockRequest, _dialect: str) -> ClockRead:
    """What the node's clock shows."""
    return ClockRead((intake.clock() - _EPOCH) // _MILLISECOND)


FLOWS: Final[Mapping[type, Flow]] = {ClockRequest: read_clock}
