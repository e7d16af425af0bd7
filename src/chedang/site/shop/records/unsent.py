"""没有传成的单: what was settled on the shop's pages and the archive does not have, with why and where to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse

from chedang.site.findings import Flag, describe_findings
from chedang.workshop.models import Sending
from chedang.workshop.sending import refusal_of
from chedang.workshop.sending_model import SendingKind, SendingState

_PAGES: Final = {"draft": "shop-draft", "order": "shop-order"}


@dataclass(frozen=True, slots=True)
class UnsentRow:
    """One upload or void that is not in the archive."""

    number: str
    made_at: datetime
    is_void: bool
    is_refused: bool
    """Somebody has to mend it; else it is sent again by itself."""
    flags: list[Flag]
    fault: str
    """Why it was refused, where the rules are not the reason."""
    href: str
    """The page where it was made."""


def unsent_rows(company_code: str) -> Iterator[UnsentRow]:
    """Everything that is not in the archive, the oldest first."""
    rows = Sending.objects.filter(company_code=company_code).exclude(state=SendingState.SENT).order_by("pk")
    for row in rows:
        refusal = refusal_of(row)
        findings = refusal.findings if refusal else ()
        kind, _colon, rest = row.origin.partition(":")
        yield UnsentRow(
            number=row.number,
            made_at=row.made_at,
            is_void=row.kind == SendingKind.VOID,
            is_refused=row.state == SendingState.REFUSED,
            flags=describe_findings(findings, with_notes=False),
            fault=refusal.kind.value[1] if refusal and not findings else "",
            href=reverse(_PAGES[kind], args=[rest.partition(":")[0]]) if kind in _PAGES else "",
        )
