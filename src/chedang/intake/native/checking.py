"""先检查后上传: what would become of a record, without storing it (ADR 0014).

A shop is told what the rules find, whether the mileage fits into the file of the vehicle, and what may be mistyped. Of
the file it learns nothing else: see :mod:`chedang.vehicles.new_reading`, and ``Curiosity`` for how often it may ask.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from chedang.enterprises.model import Enterprise, ReviewState
from chedang.enterprises.store import Connection
from chedang.intake.accounts import Pace
from chedang.intake.batches import NATIVE
from chedang.intake.native.answers import FindingJson, NoticeJson, findings_json
from chedang.intake.native.keeping import dropped_notices
from chedang.intake.native.reading import SentRecord
from chedang.intake.native.suggesting import (
    Suggestion,
    suggest_days,
    suggest_mileage,
    suggest_vin,
    suggest_vin_of_own,
    swapped,
)
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.records.identity import content_digest, encode_content, record_id
from chedang.records.limits import Limits, OdometerLimits
from chedang.records.model import Judgement, RecordText
from chedang.records.readback import own_vins
from chedang.records.rules import refuses
from chedang.records.store import find_record
from chedang.terms import vin as vins
from chedang.terms.dates import day_in_china
from chedang.vehicles.model import OdometerReading
from chedang.vehicles.new_reading import (
    ReadingReason,
    ReadingState,
    ReadingVerdict,
    judge_reading,
    read_readings,
)
from chedang.vehicles.odometer_replaced import says_replaced

Would = Literal["create", "unchanged", "amend", "refuse"]

_NOTHING: Final = RecordText()
_CHECK_DIGIT: Final = frozenset({"VIN_CHECK_DIGIT", "VIN_CHECK_DIGIT_ADVISORY"})
_SENTENCES: Final = {
    ReadingReason.BELOW_EARLIER: "小于该车较早的里程。",
    ReadingReason.ABOVE_LATER: "大于该车较晚的里程。",
    ReadingReason.TOO_FAR: "与该车相近日期的里程相差过大。",
    ReadingReason.INCOMPLETE: "没有可用的车架号、里程或日期。",
    ReadingReason.ASKED_TOO_OFTEN: "今天对这辆车或对太多车辆检查过里程，明天再查。",
    ReadingReason.NOT_APPROVED: "企业审核通过后才能对照车辆档案。",
}


class ReasonJson(msgspec.Struct, frozen=True):
    code: ReadingReason
    message: str


class OdometerJson(msgspec.Struct, frozen=True):
    """Whether the mileage fits into the file of the vehicle."""

    verdict: ReadingState
    reasons: tuple[ReasonJson, ...]


class CheckJson(msgspec.Struct, frozen=True):
    """What would become of the record."""

    would: Would
    findings: tuple[FindingJson, ...]
    odometer: OdometerJson
    suggestions: tuple[Suggestion, ...]
    notices: tuple[NoticeJson, ...] = ()


class Curiosity:
    """How much of vehicles' files a shop may find out by asking: bounded by day, kept in memory only.

    Whoever may try ever other readings of one vehicle finds the reading that stands in its file, and whoever may ask
    for ever other vehicles tries out those that are not there.
    """

    def __init__(
        self, *, readings_per_vehicle: int = 5, vehicles_per_shop: int = 300, most_remembered: int = 200_000
    ) -> None:
        self._readings_per_vehicle = readings_per_vehicle
        self._vehicles_per_shop = vehicles_per_shop
        self._most_remembered = most_remembered
        self._asked: dict[int, tuple[int, ...]] = {}
        self._vehicles: dict[str, int] = {}
        self._day: date | None = None

    def allows(self, company_code: str, vin: str, reading: str, today: date) -> bool:
        """May this shop learn today whether this reading fits? The same question again is always answered."""
        if today != self._day:
            self._asked.clear()
            self._vehicles.clear()
            self._day = today
        # Hashes, for they are small and tell nothing when memory is looked at.
        vehicle, question = hash((company_code, vin)), hash(reading)
        asked = self._asked.get(vehicle)
        if asked is None:
            count = self._vehicles.get(company_code, 0)
            if count >= self._vehicles_per_shop or len(self._asked) >= self._most_remembered:
                return False
            self._vehicles[company_code] = count + 1
            asked = ()
        if question in asked:
            return True
        if len(asked) >= self._readings_per_vehicle:
            return False
        self._asked[vehicle] = (*asked, question)
        return True


class CheckDesk:
    """Checks records for one gate process; keeps its own pace beside that of uploads."""

    def __init__(
        self,
        intake: Intake,
        limits_at: Callable[[datetime], Limits],
        *,
        seconds: Callable[[], float] = time.monotonic,
        curiosity: Curiosity | None = None,
    ) -> None:
        self._intake = intake
        self._limits_at = limits_at
        self._pace = Pace(10.0, 200.0, seconds)
        self._curiosity = curiosity or Curiosity()

    async def check(self, shop: Enterprise, sent: SentRecord) -> CheckJson:
        """Judge a record without storing it. Raises Refused as an upload would, or the store's error."""
        if wait_seconds := self._pace.take(shop.enterprise_id):
            raise Refused(RefusalKind.TOO_FAST, "检查过于频繁", retry_after_seconds=int(wait_seconds) + 1)
        self._intake.refuse_other_channel(shop)
        now = self._intake.clock()
        judgement = self._intake.judge(sent.text, registered_name=shop.company_name, received_at=now)
        reading, refused_for = self._reading(shop, judgement, now)
        known = await self._intake.run(lambda connection: _look_up(connection, shop, judgement, reading))
        verdict = self._verdict(reading, refused_for, known)
        return CheckJson(
            would=self._would(sent, judgement, known),
            findings=findings_json(judgement.findings),
            odometer=OdometerJson(
                verdict.state, tuple(ReasonJson(reason, _SENTENCES[reason]) for reason in verdict.reasons)
            ),
            suggestions=tuple(self._suggestions(judgement, reading, verdict, known, day_in_china(now))),
            notices=dropped_notices(sent),
        )

    def _reading(
        self, shop: Enterprise, judgement: Judgement, now: datetime
    ) -> tuple[OdometerReading | None, ReadingReason]:
        """The reading to be judged by the file; without one, why there is none."""
        record = judgement.record
        today = day_in_china(now)
        days = [day for day in (record.repair_on, record.settled_on) if day is not None and day <= today]
        if record.vin is None or record.mileage_km is None or not days:
            return None, ReadingReason.INCOMPLETE
        if shop.review_state is not ReviewState.APPROVED:
            return None, ReadingReason.NOT_APPROVED
        question = f"{record.mileage_km.normalize():f} {days[0]}"
        if not self._curiosity.allows(shop.company_code, record.vin, question, today):
            return None, ReadingReason.ASKED_TOO_OFTEN
        identifier, is_replaced = _identifier(shop, judgement), says_replaced(judgement.text)
        return OdometerReading(identifier, days[0], record.mileage_km, is_replaced), ReadingReason.INCOMPLETE

    def _verdict(self, reading: OdometerReading | None, refused_for: ReadingReason, known: _Known) -> ReadingVerdict:
        if reading is None:
            return ReadingVerdict(ReadingState.NOT_JUDGED, (refused_for,))
        return judge_reading(reading, known.readings, self._odometer_limits())

    def _would(self, sent: SentRecord, judgement: Judgement, known: _Known) -> Would:
        mode = self._intake.mode_of(NATIVE)
        if sent.text == _NOTHING or refuses(judgement, mode) or (mode == "strict" and sent.unknown_fields):
            return "refuse"
        if known.digest is None:
            return "create"
        return "unchanged" if known.digest == content_digest(encode_content(judgement.text)) else "amend"

    def _odometer_limits(self) -> OdometerLimits:
        return self._limits_at(self._intake.clock()).odometer

    def _suggestions(
        self,
        judgement: Judgement,
        reading: OdometerReading | None,
        verdict: ReadingVerdict,
        known: _Known,
        today: date,
    ) -> list[Suggestion]:
        found = [*suggest_vin(judgement.text.vin), *suggest_vin_of_own(judgement.text.vin, known.own_vins)]
        if reading is not None and verdict.state is ReadingState.DOUBTFUL:
            limits = self._odometer_limits()
            found += suggest_mileage(
                reading.mileage_km,
                lambda mileage_km: (
                    judge_reading(msgspec.structs.replace(reading, mileage_km=mileage_km), known.readings, limits).state
                    is ReadingState.FITS
                ),
            )
        return found + suggest_days(judgement.record, today)


class _Known(msgspec.Struct, frozen=True):
    """What the check needs to know beside the record itself."""

    digest: bytes | None
    """Of what the shop's record of this number says; ``None`` when there is none."""
    readings: list[OdometerReading]
    own_vins: frozenset[str]


def _identifier(shop: Enterprise, judgement: Judgement) -> UUID:
    number = judgement.record.settlement_list_number
    return UUID(record_id(shop.company_code, number, content_digest(encode_content(judgement.text))))


def _look_up(connection: Connection, shop: Enterprise, judgement: Judgement, reading: OdometerReading | None) -> _Known:
    identifier = _identifier(shop, judgement)
    newest = find_record(connection, identifier.hex)
    readings: list[OdometerReading] = []
    if reading is not None and judgement.record.vin is not None:
        readings = read_readings(connection, judgement.record.vin, without=identifier)
    own: frozenset[str] = frozenset()
    if any(finding.code in _CHECK_DIGIT for finding in judgement.findings):
        own = own_vins(connection, shop.company_code, swapped(vins.normalise(judgement.text.vin)))
    return _Known(None if newest is None else content_digest(encode_content(newest.text)), readings, own)
