"""里程判断 in words: sentences for a verdict, its reasons and likely slips, in Chinese and in English. Pure (ours)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from chedang.vehicles.model import (
    ConflictKind,
    OdometerConflict,
    OdometerReading,
    OdometerReason,
    Typo,
    TypoKind,
)

REASON_WORDS: Final[Mapping[OdometerReason, tuple[str, str]]] = {
    OdometerReason.FITS: ("读数依次增加。", "The readings increase one after another."),
    OdometerReason.TYPO: (
        "个别读数疑似笔误，其余读数依次增加。",
        "Single readings are likely slips; the others increase one after another.",
    ),
    OdometerReason.STRAY: (
        "个别读数与前后不符，其余读数依次增加。",
        "Single readings do not fit; the others increase one after another.",
    ),
    OdometerReason.REPLACED: (
        "有记录写明更换过里程表，换表前后的读数各自依次增加。",
        "A record says that the odometer was replaced; the readings before and after increase one after another.",
    ),
    OdometerReason.FALL: (
        "里程变小，而且前后都有别的读数佐证。",
        "The mileage falls, and other readings bear out both sides.",
    ),
    OdometerReason.TOO_FAST: (
        "两次之间跑不了这么远，而且前后都有别的读数佐证。",
        "Too far to drive in between, and other readings bear out both sides.",
    ),
    OdometerReason.FALL_NOT_BORNE_OUT: (
        "里程变小，但只有一次读数如此，还不能判断。",
        "The mileage falls, but only one reading shows it, so it cannot be judged yet.",
    ),
    OdometerReason.CONTRADICTION: (
        "读数互相矛盾，分不出哪一个不对。",
        "Readings contradict each other and nothing tells which is wrong.",
    ),
    OdometerReason.TOO_FEW: (
        "有里程又有日期的记录不到两条，还不能判断里程是否合理。",
        "Fewer than two records have both a mileage and a date, so the odometer cannot be judged yet.",
    ),
}
"""What each reason says of any vehicle; the sentence of a verdict says it of one."""

TYPO_WORDS: Final[Mapping[TypoKind, tuple[str, str]]] = {
    TypoKind.SWAPPED: ("相邻两位打颠倒", "two neighbouring digits swapped"),
    TypoKind.WRONG_DIGIT: ("打错一位", "one digit wrong"),
    TypoKind.DROPPED_DIGIT: ("漏打一位", "a digit left out"),
    TypoKind.EXTRA_DIGIT: ("多打一位", "a digit too many"),
    TypoKind.TENTHS_AS_KM: ("把十分位也当成了千米", "the tenths read as kilometres"),
    TypoKind.TENTH_OF_IT: ("少了末位", "the last digit missing"),
    TypoKind.MILES: ("按英里填写", "miles instead of kilometres"),
    TypoKind.ANOTHER_PLACE: (
        "抄了别处的数，如小计里程或日期",
        "copied from another place: the trip meter, a date",
    ),
}


def say_verdict(
    reasons: Sequence[OdometerReason],
    readings: Sequence[OdometerReading],
    conflicts: Sequence[OdometerConflict],
    doubtful: Collection[UUID],
) -> tuple[str, str]:
    """A sentence or some in Chinese and in English: the deciding reason with the readings it is about.

    ``conflicts`` are in order: the first is what the deciding reason is about, where it is about any.
    """
    reason = reasons[0]
    fitting = len(readings) - len(doubtful)
    if reason is OdometerReason.TOO_FEW:
        return REASON_WORDS[reason]
    if reason is OdometerReason.FITS:
        return _say_fits(readings)
    if reason is OdometerReason.REPLACED:
        return _join(_say_replaced(readings), *map(_say_stray, conflicts[:1]))
    if reason in {OdometerReason.TYPO, OdometerReason.STRAY}:
        rest = f"其余 {fitting} 次读数依次增加。", f"The other {fitting} readings increase one after another."
        return _join(_say_stray(conflicts[0]), _say_how_many(doubtful), rest)
    if not conflicts:
        return REASON_WORDS[reason]
    return _join(
        _say_conflict(conflicts[0], reason), _say_typo(conflicts[0].likely_typo), _say_how_many(doubtful, more_than=2)
    )


def _join(*sentences: tuple[str, str]) -> tuple[str, str]:
    return "".join(chinese for chinese, _ in sentences), " ".join(english for _, english in sentences if english)


def _say_fits(readings: Sequence[OdometerReading]) -> tuple[str, str]:
    latest = format_km(readings[-1].mileage_km)
    return (
        f"{len(readings)} 次读数依次增加，最近一次 {latest} 千米。",
        f"{len(readings)} readings increase one after another; the latest is {latest} km.",
    )


def _say_replaced(readings: Sequence[OdometerReading]) -> tuple[str, str]:
    days = [reading.on for reading in readings if reading.says_replaced]
    in_english = ", ".join(map(str, days))
    return (
        f"{'、'.join(map(_day, days))}的记录写明更换了里程表，换表前后的读数各自依次增加。",
        f"Replaced on {in_english}, as recorded; the readings before and after increase one after another.",
    )


def _say_stray(conflict: OdometerConflict) -> tuple[str, str]:
    """Of one reading that does not fit, named by its slip where there is one."""
    typo = conflict.likely_typo
    if typo is None:
        return _say_pair(conflict, "，其中一个可能抄错。", "; one of the two may be mistyped.")
    wrong = _mistyped(conflict, typo)
    return _join(
        (
            f"{_day(wrong.on)}的读数 {format_km(wrong.mileage_km)} 千米与前后不符。",
            f"The reading of {format_km(wrong.mileage_km)} km on {wrong.on} does not fit.",
        ),
        _say_typo(typo),
    )


def _mistyped(conflict: OdometerConflict, typo: Typo) -> OdometerReading:
    return conflict.earlier if conflict.earlier.record_id == typo.record_id else conflict.later


def _say_typo(typo: Typo | None) -> tuple[str, str]:
    if typo is None:
        return "", ""
    chinese, english = TYPO_WORDS[typo.kind]
    if typo.proposed_km is None:
        return f"疑似{chinese}。", f"Likely {english}."
    meant = format_km(typo.proposed_km)
    return f"疑似{chinese}，可能是 {meant} 千米。", f"Likely {english}: perhaps {meant} km."


def _say_how_many(doubtful: Collection[UUID], more_than: int = 1) -> tuple[str, str]:
    if len(doubtful) <= more_than:
        return "", ""
    return f"可能不对的读数一共有 {len(doubtful)} 个。", f"In all {len(doubtful)} readings may be wrong."


def _say_conflict(conflict: OdometerConflict, reason: OdometerReason) -> tuple[str, str]:
    """Name both readings and what the reason makes of them."""
    match reason:
        case OdometerReason.FALL | OdometerReason.TOO_FAST:
            chinese, english = "，而且另有读数分别与这两个读数相符。", ", and other readings bear both out."
            if reason is OdometerReason.FALL:
                chinese += "里程表换过的，请维修企业注明。"
                english += " A replaced odometer should be noted."
        case OdometerReason.FALL_NOT_BORNE_OUT:
            chinese, english = "，但只有一次读数如此，还不能判断。", ", but only one reading shows it: not judged yet."
        case _:
            chinese, english = "，分不出其中哪一个抄错。", ", and nothing tells which of the two is mistyped."
    return _say_pair(conflict, chinese, english)


def _say_pair(conflict: OdometerConflict, chinese_end: str, english_end: str) -> tuple[str, str]:
    earlier, later = conflict.earlier, conflict.later
    earlier_km, later_km = format_km(earlier.mileage_km), format_km(later.mileage_km)
    if conflict.kind is ConflictKind.TOO_FAST:
        chinese = f"从{_day(earlier.on)}的 {earlier_km} 千米到{_day(later.on)}的 {later_km} 千米，两次之间跑不了这么远"
        english = f"From {earlier_km} km on {earlier.on} to {later_km} km on {later.on} is too far to drive in between"
    else:
        chinese = f"{_day(later.on)}的读数 {later_km} 千米，小于{_day(earlier.on)}的 {earlier_km} 千米"
        english = f"The reading of {later_km} km on {later.on} is below the {earlier_km} km of {earlier.on}"
    return chinese + chinese_end, english + english_end


def format_km(mileage_km: Decimal) -> str:
    """48210.0 → 48,210; 48210.5 → 48,210.5"""
    whole = mileage_km.quantize(Decimal(1)) if mileage_km == mileage_km.to_integral_value() else mileage_km.normalize()
    return f"{whole:,f}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
