"""The history of a filing: who did what, when; what stood before and after is sealed for its row's shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from chedang.access.models import User
from chedang.enterprises.model import Registration
from chedang.filing.filing_model import APPLIED, Edit, StepKind, texts_of
from chedang.filing.models.filings import FilingChange, FilingStep
from chedang.platform.sealing import CannotOpen, Sealer
from chedang.platform.settings import Settings

_PURPOSE: Final = "filing-history"
_LONGEST_TEXT: Final = 200
_decode = msgspec.json.Decoder(tuple[Edit, ...]).decode


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and for whom: the shop's or the authority's name."""

    user: User | None
    organisation: str = ""


def note(
    company_code: str,
    kind: StepKind,
    by: By,
    *,
    now: datetime,
    edits: Sequence[Edit] = (),
    change: FilingChange | None = None,
    text: str = "",
) -> FilingStep:
    """Write a step down, in the caller's transaction."""
    return FilingStep.objects.create(
        company_code=company_code,
        at=now,
        kind=str(kind),
        actor=by.user,
        organisation=by.organisation[:100],
        fields=[edit.field for edit in edits],
        edits_sealed=seal(edits, _place(company_code)) if edits else b"",
        change=change,
        text=text[:_LONGEST_TEXT],
    )


def note_all(company_code: str, registration: Registration, by: By, *, now: datetime) -> FilingStep:
    """Write down that everything was filed anew."""
    edits = [Edit(name, "", text) for name, text in texts_of(registration).items()]
    return note(company_code, StepKind.FILED, by, now=now, edits=edits)


def steps_of(company_code: str) -> list[FilingStep]:
    """Everything that happened, the latest first."""
    found = FilingStep.objects.filter(company_code=company_code).select_related("actor", "change")
    return list(found.order_by("-at", "-pk"))


def edits_of(step: FilingStep) -> tuple[Edit, ...]:
    """What a step changed; nothing where it cannot be opened (any more)."""
    return _open(bytes(step.edits_sealed), _place(step.company_code))


def last_changes(steps: Sequence[FilingStep]) -> dict[str, FilingStep]:
    """Element → the last step after which it stands as it does; ``steps`` as :func:`steps_of` gives them."""
    found: dict[str, FilingStep] = {}
    for step in steps:
        if step.kind in APPLIED:
            for name in step.fields:
                found.setdefault(name, step)
    return found


def seal_change(edits: Sequence[Edit], public_id: UUID) -> bytes:
    """The edits that a request asks for, sealed for it."""
    return seal(edits, str(public_id))


def edits_asked(change: FilingChange) -> tuple[Edit, ...]:
    """What a request asks for."""
    return _open(bytes(change.edits_sealed), str(change.public_id))


def seal(edits: Sequence[Edit], place: str) -> bytes:
    """The edits, good for one place only."""
    return _sealer().seal(msgspec.json.encode(edits), place)


def _open(sealed: bytes, place: str) -> tuple[Edit, ...]:
    if not sealed:
        return ()
    try:
        return _decode(_sealer().open(sealed, place))
    except CannotOpen:
        return ()


def _place(company_code: str) -> str:
    return f"step/{company_code}"


def _sealer() -> Sealer:
    return Sealer(Settings.from_environment().data_dir, _PURPOSE)
