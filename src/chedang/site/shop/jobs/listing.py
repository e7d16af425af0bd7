"""草稿 of the shop, those under way too, and what of them arrived lately: for whoever missed the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chedang.access.model import ShopPost
from chedang.site.guards import for_shop, person
from chedang.workshop import drafts
from chedang.workshop.models import Draft
from chedang.workshop.sending_model import SendingState

_SHOWN_SENT = 20
_SENT_SINCE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One draft. ``state``: open, waiting or refused."""

    public_id: UUID
    plate_number: str
    number: str
    fault: str
    changed_at: datetime
    made_by: str
    state: str
    forgotten_on: datetime


@require_safe
@never_cache
@for_shop(ShopPost.CLERK)
def list_drafts(request: HttpRequest) -> HttpResponse:
    """The shop's drafts, last changed first."""
    user, now = person(request), timezone.now()
    context = {
        "rows": [_row(draft) for draft in drafts.open_of(user.company_code)],
        "sent": drafts.sent_of(user.company_code, since=now - _SENT_SINCE)[:_SHOWN_SENT],
        "kept_days": drafts.KEPT.days,
    }
    return render(request, "workshop/drafts.html", context)


@require_POST
@for_shop(ShopPost.CLERK)
def delete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Drop a draft; a second press finds it gone."""
    if drafts.delete(person(request).company_code, public_id):
        messages.success(request, _("草稿已删除。"))
    else:
        messages.info(request, _("这份草稿已经不在了。"))
    return redirect("shop-drafts")


def _row(draft: Draft) -> DraftRow:
    text = drafts.text_of(draft)
    states = {SendingState.WAITING: "waiting", SendingState.REFUSED: "refused"}
    return DraftRow(
        public_id=draft.public_id,
        plate_number=text.plate_number,
        number=text.settlement_list_number,
        fault=text.fault_description,
        changed_at=draft.changed_at,
        made_by=draft.made_by.display_name,
        state=states[SendingState(draft.sending.state)] if draft.sending is not None else "open",
        forgotten_on=draft.changed_at + drafts.KEPT,
    )
