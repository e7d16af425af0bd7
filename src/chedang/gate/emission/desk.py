"""What the handlers of the inspection stations' door share: bodies, keys, work in threads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request

from chedang.emission import stations, tickets
from chedang.emission.model import EmissionRefused, Fault, Misstated, TestStation
from chedang.emission.reading import read_failed_test, read_retest
from chedang.emission.store import Connection
from chedang.gate.api.in_time import BATCH_PATIENCE_SECONDS, AtItsOwnPace
from chedang.gate.body import BodyReader
from chedang.gate.emission.answers import OutcomeJson, PermitJson, permit_json, refused_json, taken_json
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.terms.dates import day_in_china
from chedang.terms.saying import Said

_MOST_BYTES: Final = 1024 * 1024

Answer = TypeVar("Answer")


class StationDesk:
    """Reads bodies, finds the caller, works in threads."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._reader = BodyReader()

    async def read(self, request: Request[Any, Any, Any]) -> Any:
        """The JSON of the body. Raises Refused."""
        with AtItsOwnPace(request, BATCH_PATIENCE_SECONDS):
            raw = await self._reader.read(request.receive)
        if len(raw) > _MOST_BYTES:
            raise Refused(RefusalKind.TOO_LARGE, "报文不超过1MB")
        try:
            return msgspec.json.decode(raw)
        except (msgspec.MsgspecError, RecursionError, ValueError) as fault:
            raise Refused(RefusalKind.MALFORMED, "不是可以读的UTF-8 JSON") from fault

    async def work(self, request: Request[Any, Any, Any], work: Callable[[Connection, TestStation], Answer]) -> Answer:
        """Do ``work`` for the caller in one transaction. Raises Refused, EmissionRefused."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(RefusalKind.BAD_TOKEN, "请求头 Authorization 应为 Bearer 加检验机构的密钥")

        def in_transaction(connection: Connection) -> Answer:
            caller = stations.authenticate(connection, key.strip(), now=self._intake.clock())
            if caller is None:
                raise Refused(RefusalKind.BAD_TOKEN, "密钥不对、已停用，或检验机构已不在名录内")
            return work(connection, caller)

        return await self._intake.run(in_transaction)

    @property
    def today(self) -> date:
        return day_in_china(self._intake.clock())

    def take(self, connection: Connection, caller: TestStation, given: Any) -> OutcomeJson:
        """One failed test. Raises EmissionRefused."""
        test = read_failed_test(members(given), today=self.today, station_code=caller.station_code)
        return taken_json(
            test.report_number, *tickets.take_failed_test(connection, test, caller, now=self._intake.clock())
        )

    async def try_take(self, request: Request[Any, Any, Any], given: Any) -> OutcomeJson:
        """One of several, in a transaction of its own: its refusal does not undo the others, and none is locked while
        the next is looked at, so that two that send the same in another order do not block each other."""
        try:
            return await self.work(request, lambda connection, caller: self.take(connection, caller, given))
        except EmissionRefused as refused:
            number = given.get("report_number", "") if isinstance(given, dict) else ""
            return refused_json(number[:40] if isinstance(number, str) else "", refused)

    def retest(self, connection: Connection, caller: TestStation, given: Any) -> OutcomeJson:
        """The result of a re-test. Raises EmissionRefused."""
        retest = read_retest(members(given), today=self.today, station_code=caller.station_code)
        return taken_json(
            retest.report_number, *tickets.take_retest(connection, retest, caller, now=self._intake.clock())
        )

    def permit(self, connection: Connection, caller: TestStation, number: str, vin: str | None) -> PermitJson:
        """Raises EmissionRefused."""
        return permit_json(tickets.ask_permit(connection, number, caller, vin, now=self._intake.clock()))


def members(given: Any) -> dict[str, Any]:
    """The members of a JSON object. Raises Misstated."""
    if not isinstance(given, dict):
        raise Misstated((Fault("", Said("应为JSON对象")),))
    return given
