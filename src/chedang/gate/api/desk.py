"""What the handlers of the native interface share: one per side of the gate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.params import HeaderParameter

from chedang.enterprises.model import Enterprise
from chedang.gate.api.in_time import PATIENCE_SECONDS, AtItsOwnPace
from chedang.gate.body import BodyReader
from chedang.gate.notebook import Notebook
from chedang.intake.accounts import Pace
from chedang.intake.native.answers import ReceiptJson, RecordJson
from chedang.intake.native.checking import CheckDesk
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.owners.claim_codes import ClaimPrinter
from chedang.records.limits import Limits
from chedang.records.model import RecordState

# A programme that reads back a year needs a page a second; more in a loop is a fault in it.
_READS_PER_SECOND = 20.0
_READS_AT_ONCE = 500.0
_BATCHES_AT_ONCE = 2


Told = TypeVar("Told", ReceiptJson, RecordJson)


class Desk:
    """The toolbox of intake and the bounds of this interface."""

    def __init__(
        self,
        intake: Intake,
        limits_at: Callable[[datetime], Limits],
        printer: ClaimPrinter | None = None,
        notebook: Notebook | None = None,
    ) -> None:
        self.intake = intake
        self.notebook = notebook
        self._printer = printer
        self.checks = CheckDesk(intake, limits_at)
        self._reader = BodyReader()
        self._reads = Pace(_READS_PER_SECOND, _READS_AT_ONCE)
        # Taking a large batch apart keeps a core busy and some tens of MiB.
        self.batch_slots = asyncio.Semaphore(_BATCHES_AT_ONCE)

    async def body(self, request: Request[Any, Any, Any], *, patience_seconds: float = PATIENCE_SECONDS) -> bytes:
        """The whole body; the answer has to begin ``patience_seconds`` later. Raises Refused(TOO_LARGE), ClientGone."""
        with AtItsOwnPace(request, patience_seconds):
            return await self._reader.read(request.receive)

    def with_claim(self, told: Told) -> Told:
        """The answer about a record with its claim code; as it is for a void one and where no codes are given out."""
        if self._printer is None or told.state is not RecordState.ACTIVE:
            return told
        code = self._printer.code(told.record_id_hex)
        return msgspec.structs.replace(told, claim_code=code, claim_url=self._printer.url(code))

    def take_read(self, shop: Enterprise) -> None:
        """Count one reading call against the shop's pace. Raises Refused(TOO_FAST)."""
        if wait_seconds := self._reads.take(shop.enterprise_id):
            raise Refused(RefusalKind.TOO_FAST, "读取过于频繁", retry_after_seconds=int(wait_seconds) + 1)


KEY_HEADER = HeaderParameter(
    name="Idempotency-Key",
    required=False,
    description="给这次请求起的名字，7天内重发同名请求不会重复办理；同名而内容不同则返回409。",
)
