"""软件收到的错误: the last answers that were refusals, as the software got them, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.intake import refusals
from chedang.intake.outcomes import RefusalKind
from chedang.intake.refusals import KeptRefusal
from chedang.records.model import Finding
from chedang.site.archive.connections import archive
from chedang.site.findings import Flag, describe_findings
from chedang.site.guards import for_shop, person
from chedang.site.shop.connect.explaining import element_words
from chedang.site.shop.connect.gates import dialect_words

_KINDS: Final = {kind.code: kind for kind in RefusalKind}


@dataclass(frozen=True, slots=True)
class ErrorView:
    """One refusal for people."""

    kept: KeptRefusal
    dialect: str
    sentence: str
    remedy: str
    findings: list[tuple[str, Flag]]
    """Element in words, and what a rule found there."""


@require_safe
@for_shop(ShopPost.CLERK)
def list_errors(request: HttpRequest) -> HttpResponse:
    """Refusals of the last 14 days; those that did not prove whose they were stand apart."""
    shop, now = person(request), timezone.now()
    record_event(shop, AuditAction.READ_OWN_RECORDS, Purpose.OWN_BUSINESS, now=now, object_id=shop.company_code)
    with archive() as connection:
        kept = refusals.list_of(connection, shop.company_code, now)
    views = [_view(each) for each in kept]
    context: dict[str, Any] = {
        "errors": [view for view in views if view.kept.is_proven],
        "strangers": [view for view in views if not view.kept.is_proven],
        "days": refusals.KEPT_FOR.days,
        "most": refusals.MOST_PROVEN,
    }
    return render(request, "connect/errors.html", context)


def _view(kept: KeptRefusal) -> ErrorView:
    kind = _KINDS.get(kept.kind)
    found = [Finding(each.code, each.level, each.field) for each in kept.findings]
    flags = describe_findings(found)
    return ErrorView(
        kept,
        dialect_words(kept.dialect),
        kind.sentence if kind else kept.kind,
        kind.remedy if kind else "",
        [(element_words(flag.field), flag) for flag in flags],
    )
