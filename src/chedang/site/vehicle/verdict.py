"""里程判断 as a page says it: word, sign and colour, the sentence, and each pair of records that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.site.figures import number
from chedang.site.findings import page_language
from chedang.vehicles.model import (
    ConflictKind,
    OdometerConflict,
    OdometerReading,
    OdometerReason,
    OdometerState,
    OdometerVerdict,
    Typo,
    TypoKind,
)

_STATES = {
    OdometerState.REASONABLE: ("good", "✓", gettext_lazy("里程合理")),
    OdometerState.ILLOGICAL: ("wrong-tone", "✕", gettext_lazy("里程不合逻辑")),
    OdometerState.NOT_JUDGED: ("open", "–", gettext_lazy("里程不予判断")),
}
_REASONS = {
    OdometerReason.FITS: gettext_lazy("读数前后相符"),
    OdometerReason.TYPO: gettext_lazy("有一次读数疑似笔误"),
    OdometerReason.STRAY: gettext_lazy("有一次读数与其他读数不符"),
    OdometerReason.REPLACED: gettext_lazy("记录写明更换过里程表"),
    OdometerReason.FALL: gettext_lazy("读数变小，前后都有读数佐证"),
    OdometerReason.TOO_FAST: gettext_lazy("两次之间跑不了这么远，前后都有读数佐证"),
    OdometerReason.FALL_NOT_BORNE_OUT: gettext_lazy("读数变小，只有一次读数为凭"),
    OdometerReason.CONTRADICTION: gettext_lazy("读数相互矛盾，分不出哪个有误"),
    OdometerReason.TOO_FEW: gettext_lazy("有日期的读数不到两次"),
}
_KINDS = {
    ConflictKind.FALL: gettext_lazy("后一次小于前一次"),
    ConflictKind.TOO_FAST: gettext_lazy("两次之间跑不了这么远"),
}
_TYPOS = {
    TypoKind.SWAPPED: gettext_lazy("相邻两位数字可能颠倒了"),
    TypoKind.WRONG_DIGIT: gettext_lazy("有一位数字可能抄错了"),
    TypoKind.DROPPED_DIGIT: gettext_lazy("可能漏了一位数字"),
    TypoKind.EXTRA_DIGIT: gettext_lazy("可能多打了一位数字"),
    TypoKind.TENTHS_AS_KM: gettext_lazy("小数位可能当成了千米"),
    TypoKind.TENTH_OF_IT: gettext_lazy("末位可能当成了小数或漏写"),
    TypoKind.MILES: gettext_lazy("可能把英里当成了千米"),
    TypoKind.ANOTHER_PLACE: gettext_lazy("可能抄的是短程里程或日期"),
}


@dataclass(frozen=True, slots=True)
class ReadingLink:
    """One end of a conflict; ``href`` leads to its record, '' where the view names no records."""

    on: date
    mileage_km: Decimal
    href: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two readings that do not fit, and what may have happened."""

    why: str
    earlier: ReadingLink
    later: ReadingLink
    typo: str
    """The likely slip in words; '' for none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """里程判断 as word, sign, colour and sentence."""

    tone: str
    sign: str
    word: str
    sentence: str
    reasons: list[tuple[str, str]]
    """Stable code and words, the weightiest first."""
    conflicts: list[Conflict]


def reason_words(code: str) -> str:
    """A stable code of a reason in words."""
    return str(_REASONS[OdometerReason(code)])


def present_verdict(verdict: OdometerVerdict, hrefs: Mapping[UUID, str]) -> Verdict:
    """Prepare a verdict for a page. ``hrefs`` lead to records by what their readings are named."""
    tone, sign, word = _STATES[verdict.state]
    return Verdict(
        tone=tone,
        sign=sign,
        word=str(word),
        sentence=verdict.sentence_en if page_language() == "en" else verdict.sentence,
        reasons=[(reason.value, str(_REASONS[reason])) for reason in verdict.reasons],
        conflicts=[_conflict(conflict, hrefs) for conflict in verdict.conflicts],
    )


def _conflict(conflict: OdometerConflict, hrefs: Mapping[UUID, str]) -> Conflict:
    def link(reading: OdometerReading) -> ReadingLink:
        return ReadingLink(reading.on, reading.mileage_km, hrefs.get(reading.record_id, ""))

    return Conflict(
        why=str(_KINDS[conflict.kind]),
        earlier=link(conflict.earlier),
        later=link(conflict.later),
        typo=_typo(conflict.likely_typo, conflict) if conflict.likely_typo else "",
    )


def _typo(typo: Typo, conflict: OdometerConflict) -> str:
    """Which of the two, what kind of slip, and what was probably meant."""
    mistyped = conflict.earlier if typo.record_id == conflict.earlier.record_id else conflict.later
    words = {"km": number(mistyped.mileage_km), "slip": _TYPOS[typo.kind], "meant": number(typo.proposed_km)}
    if typo.proposed_km is None:
        return _("疑似笔误：%(km)s 千米，%(slip)s。") % words
    return _("疑似笔误：%(km)s 千米，%(slip)s，原意可能是 %(meant)s 千米。") % words
