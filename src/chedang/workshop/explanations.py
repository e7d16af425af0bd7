"""说明: a shop that finds its record right as it is says so, finding by finding, instead of changing it.

An explanation stands as long as the newest version of its record has the finding; a version without it closes the
matter, and the sentence stays in the history only. Ours: no rule asks for it, but a mark that the shop can answer is
fairer to all three, the shop, the owner and the officer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction

from chedang.access.models import User
from chedang.records.model import Finding, Level, RecordState, StoredVersion
from chedang.terms.text import tidy
from chedang.workshop.models.explanations import Explanation

MOST_CHARACTERS: Final = 200

Mask = Callable[[str], str]
"""Takes telephone numbers, plates and the like out of a text."""


class Said(msgspec.Struct, frozen=True):
    """What a shop says of a finding."""

    code: str
    text: str
    version: int
    """Of the record, when it was said."""
    made_at: datetime


class NothingToExplain(Exception):
    """The newest version of the record has no such finding, or is void."""


class NoText(Exception):
    """Nothing is left of the text, or it is too long."""


def explain(record: StoredVersion, code: str, text: str, *, mask: Mask, by: User, now: datetime) -> Explanation:
    """Keep a sentence beside the newest version of a shop's own record. The same sentence again is the same row.

    Raises NothingToExplain or NoText.
    """
    if record.state is not RecordState.ACTIVE or code not in codes_to_explain(record.findings):
        raise NothingToExplain
    kept = mask(tidy(text))
    if not kept or len(kept) > MOST_CHARACTERS:
        raise NoText
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # a second tap comes after the first
        last = Explanation.objects.filter(record_id=record.record_id, finding_code=code).last()
        if last is not None and (last.text, last.version) == (kept, record.version):
            return last
        return Explanation.objects.create(
            record_id=record.record_id,
            version=record.version,
            company_code=record.company_code,
            finding_code=code,
            text=kept,
            made_by=by,
            made_at=now,
        )


def codes_to_explain(findings: Iterable[Finding]) -> frozenset[str]:
    """Codes of the errors and doubts among findings; a note needs no answer."""
    return frozenset(finding.code for finding in findings if finding.level is not Level.INFO)


def said_of(record_ids: Collection[UUID]) -> dict[UUID, dict[str, Said]]:
    """The last word on each finding of these records, by code; whether it still stands says :func:`standing`."""
    said: dict[UUID, dict[str, Said]] = {}
    for row in Explanation.objects.filter(record_id__in=record_ids):
        said.setdefault(row.record_id, {})[row.finding_code] = _said(row)
    return said


def standing(said: Mapping[str, Said], findings: Iterable[Finding]) -> dict[str, Said]:
    """What still stands beside a record whose newest version has these findings."""
    codes = codes_to_explain(findings)
    return {code: each for code, each in said.items() if code in codes}


def history_of(record_id: UUID) -> list[Said]:
    """Everything that was said of a record, oldest first."""
    return [_said(row) for row in Explanation.objects.filter(record_id=record_id)]


def explained_codes(company_code: str) -> dict[UUID, frozenset[str]]:
    """For each record of a shop of which something was said, the codes it was said of."""
    explained: dict[UUID, set[str]] = {}
    rows = Explanation.objects.filter(company_code=company_code).order_by().values_list("record_id", "finding_code")
    for record_id, code in rows:
        explained.setdefault(record_id, set()).add(code)
    return {record_id: frozenset(codes) for record_id, codes in explained.items()}


def _said(row: Explanation) -> Said:
    return Said(row.finding_code, row.text, row.version, row.made_at)
