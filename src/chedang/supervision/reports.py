"""What is done with a half-year report: begun, refreshed, written, issued.

Figures and texts are kept apart: refreshing freezes the figures anew and leaves the texts as officers wrote them. Every
deed takes the report's row first, so that of two officers at once the second sees what the first did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.supervision import snapshots
from chedang.supervision.measure_model import Measures
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.reports import (
    HalfYearReport,
    IssuedReport,
    ReportDeed,
    ReportState,
    ReportStep,
    ReportText,
)
from chedang.supervision.models.snapshots import SnapshotKind
from chedang.supervision.report_composing import Composer
from chedang.supervision.report_model import Document, Frozen, LeagueLine
from chedang.supervision.report_template import BLANK, MOST_TEXT, load_template, unknown_gaps
from chedang.supervision.report_word import word_file
from chedang.terms.dates import day_in_china
from chedang.terms.text import tidy

_JUNE: Final = 6


class Counted(NamedTuple):
    """The figures of a report as they were counted just now."""

    measures: Measures
    league: Sequence[LeagueLine]
    names: Mapping[str, str]
    """Of makers, by code."""


def period_of(year: int, half: int) -> tuple[date, date]:
    """First and last day of a half-year."""
    return (date(year, 1, 1), date(year, 6, 30)) if half == 1 else (date(year, 7, 1), date(year, 12, 31))


def halves(today: date, count: int = 4) -> list[tuple[int, int]]:
    """The half-year of this day and those before it, the newest first."""
    newest = today.year * 2 + (today.month > _JUNE)
    return [(number // 2, number % 2 + 1) for number in range(newest, newest - count, -1)]


def begin(officer: User, year: int, half: int, counted: Counted, *, authority: str, now: datetime) -> HalfYearReport:
    """Begin the report of the officer's own division; one that stands as a draft is given back. Raises NotAllowed.

    After an issued report the next is a further edition, which begins with its texts.
    """
    if period_of(year, half)[0] > day_in_china(now):
        raise NotAllowed(_("这个半年还没有开始。"))
    snapshot = snapshots.keep(SnapshotKind.HALF_YEAR, counted.measures, by=officer, now=now, once=False)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=officer.pk)
        same = HalfYearReport.objects.select_for_update().filter(
            division_code=officer.division_code, year=year, half=half
        )
        last = same.order_by("-edition").first()
        if last is not None and last.is_draft:
            return last
        report, is_new = HalfYearReport.objects.get_or_create(
            division_code=officer.division_code,
            year=year,
            half=half,
            edition=last.edition + 1 if last else 1,
            defaults={
                "authority": authority,
                "snapshot": snapshot,
                "league": msgspec.to_builtins(list(counted.league)),
                "names": dict(counted.names),
                "begun_at": now,
            },
        )
        if is_new:
            _note(report, ReportDeed.BEGIN, officer, now, after=snapshot.digest)
            if last is not None:
                _take_over(last, report)
    return report


def refresh(public_id: str, officer: User, counted: Counted, *, now: datetime) -> HalfYearReport:
    """Freeze the figures of a draft anew; no text changes. The same figures again change nothing. Raises NotAllowed."""
    snapshot = snapshots.keep(SnapshotKind.HALF_YEAR, counted.measures, by=officer, now=now, once=False)
    with transaction.atomic():
        report = _lock(public_id, officer)
        league = msgspec.to_builtins(list(counted.league))
        if (report.snapshot_id, report.league, report.names) == (snapshot.pk, league, dict(counted.names)):
            return report
        _note(report, ReportDeed.REFRESH, officer, now, before=report.snapshot.digest, after=snapshot.digest)
        report.snapshot, report.league, report.names = snapshot, league, dict(counted.names)
        report.revision += 1
        report.save()
    return report


def write(public_id: str, key: str, words: str, officer: User, *, revision: int, now: datetime) -> HalfYearReport:
    """Put an officer's words into a text block; ``revision``: that of the block as the page showed it, 0 for none.

    Raises NotAllowed for an unknown block, words too long or a name that is no indicator; Overtaken when somebody else
    changed the block meanwhile.
    """
    template = load_template()
    part = template.texts.get(key)
    text = "\n".join(tidy(line) for line in words.splitlines()).strip()
    if part is None:
        raise NotAllowed(_("报告里没有这一段。"))
    if len(text) > MOST_TEXT:
        raise NotAllowed(_("一段最多 %(most)d 个字。") % {"most": MOST_TEXT})
    if unknown := unknown_gaps(text, template):
        raise NotAllowed(_("花括号里的“%(name)s”不是可用的指标名称，请改用列出的名称。") % {"name": unknown[0]})
    with transaction.atomic():
        report = _lock(public_id, officer)
        block = report.texts.filter(key=key).first()
        before = block.text if block else part.text
        if before == text:
            return report
        if (block.revision if block else 0) != revision:
            raise Overtaken(_("这一段刚才被别人改过，请对照现在的文字再改。"))
        ReportText.objects.update_or_create(
            report=report,
            key=key,
            defaults={"text": text, "revision": revision + 1, "written_at": now, "written_by": officer},
        )
        _note(report, ReportDeed.WRITE, officer, now, key=key, before=before, after=text)
        report.revision += 1
        report.save()
    return report


def issue(public_id: str, officer: User, *, revision: int, now: datetime) -> HalfYearReport:
    """印发: from now on nothing of it changes. ``revision``: of the report as the page showed it. Raises NotAllowed."""
    with transaction.atomic():
        report = HalfYearReport.objects.select_for_update().get(
            public_id=public_id, division_code=officer.division_code
        )
        if not report.is_draft:
            return report
        if report.revision != revision:
            raise Overtaken(_("报告刚才被别人改过，请看过以后再印发。"))
        if issuable_from(report.year, report.half) > day_in_china(now):
            raise NotAllowed(_("半年报告在六月、十二月起才能印发。"))
        if blank := blank_texts(report):
            names = _("、").join(blank.values())
            raise NotAllowed(_("还有没填写的文字：%(names)s。没有内容的写“无”。") % {"names": names})
        report.state, report.issued_at, report.issued_by = ReportState.ISSUED, now, officer
        document = compose(report)
        word = word_file(document)
        IssuedReport.objects.create(report=report, document=msgspec.to_builtins(document), word=word)
        report.word_digest = sha256(word).hexdigest()
        report.save()
        _note(report, ReportDeed.ISSUE, officer, now, after=report.word_digest)
    return report


def issuable_from(year: int, half: int) -> date:
    """The first day of its last month: before, most of what a report tells is still to come (ours)."""
    return period_of(year, half)[1].replace(day=1)


def blank_texts(report: HalfYearReport) -> dict[str, str]:
    """Text blocks in which the template still asks for words: their names, or those of their chapters, by key."""
    written = dict(report.texts.values_list("key", "text"))
    return {
        part.key: part.title or chapter.title
        for chapter in load_template().chapters
        for part in chapter.parts
        if BLANK in written.get(part.key, part.text)
    }


def document_of(report: HalfYearReport) -> Document:
    """The whole report: an issued one as it was issued, a draft as it would be. Raises snapshots.NotThere."""
    if report.is_draft:
        return compose(report)
    return msgspec.convert(IssuedReport.objects.defer("word").get(report=report).document, Document)


def word_of(report: HalfYearReport) -> bytes:
    """The .docx file; an issued report's is always the same. Raises snapshots.NotThere."""
    if report.is_draft:
        return word_file(compose(report))
    return bytes(IssuedReport.objects.defer("document").get(report=report).word)


def compose(report: HalfYearReport) -> Document:
    """Snapshot, texts and today's template together.

    Raises snapshots.NotThere when the snapshot does not agree with its digest.
    """
    snapshot = report.snapshot
    snapshots.read(snapshot)
    frozen = Frozen(snapshot.public_id, snapshot.digest, snapshot.edition, day_in_china(snapshot.made_at))
    league = msgspec.convert(report.league, list[LeagueLine])
    composer = Composer(load_template(), snapshot.content, frozen, league=league, names=report.names)
    texts = dict(report.texts.values_list("key", "text"))
    return composer.compose(texts, authority=report.authority)


def _take_over(last: HalfYearReport, report: HalfYearReport) -> None:
    for block in last.texts.all():
        ReportText.objects.create(
            report=report, key=block.key, text=block.text, written_at=block.written_at, written_by=block.written_by
        )


def _lock(public_id: str, officer: User) -> HalfYearReport:
    report = HalfYearReport.objects.select_for_update().get(public_id=public_id, division_code=officer.division_code)
    if not report.is_draft:
        raise Overtaken(_("报告已经印发，不能再改。需要改的，请另编一份。"))
    return report


def _note(
    report: HalfYearReport,
    deed: ReportDeed,
    officer: User,
    now: datetime,
    *,
    key: str = "",
    before: str = "",
    after: str = "",
) -> None:
    ReportStep.objects.create(report=report, at=now, deed=deed, key=key, before=before, after=after, actor=officer)
