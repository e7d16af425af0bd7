"""接口密钥 on a shop's own pages: which there are, one more, one less. A new one is shown once and stands nowhere."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.enterprises import secrets
from chedang.enterprises.errors import EnterpriseNotFound, TooManySecrets
from chedang.enterprises.store import Connection
from chedang.intake.secrets import notice_of
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person

_LONGEST_ID = 64
_TONES = {3: "wrong-tone", 14: "doubt", 30: "doubt"}


def secrets_view(connection: Connection, company_code: str) -> dict[str, Any]:
    """What the section about secrets shows: those that are good now, and whether there may be one more."""
    now = timezone.now()
    live = [each for each in secrets.list_of(connection, company_code) if each.is_live(now)]
    rows = []
    for secret in live:
        notice = notice_of(secret, now)
        rows.append(
            {
                "secret_id": secret.secret_id,
                "created_at": secret.created_at,
                "expires_at": secret.expires_at,
                "last_used_on": secret.last_used_on,
                "days_left": notice.days_left if notice else None,
                "tone": _TONES[notice.stage_days] if notice else "",
            }
        )
    return {"rows": rows, "may_make": len(live) < secrets.MAX_LIVE, "most": secrets.MAX_LIVE}


@require_POST
@never_cache
@for_shop()
def make(request: HttpRequest) -> HttpResponse:
    """Make a secret and show it, this once."""
    shop = person(request)
    now = timezone.now()
    record_event(shop, AuditAction.MAKE_SECRET, Purpose.OWN_BUSINESS, now=now, object_id=shop.company_code)
    try:
        with archive() as connection:
            made = secrets.make(connection, shop.company_code, by=shop.username, now=now)
    except TooManySecrets:
        messages.error(request, _("已有两个有效的接口密钥，请先停用一个。"))
        return redirect("shop-connect")
    except EnterpriseNotFound:
        raise Http404 from None
    return render(request, "connect/secret.html", {"secret": made.text, "expires_at": made.kept.expires_at})


@require_POST
@for_shop()
def end(request: HttpRequest, secret_id: str) -> HttpResponse:
    """End a secret at once."""
    shop = person(request)
    now = timezone.now()
    record_event(shop, AuditAction.END_SECRET, Purpose.OWN_BUSINESS, now=now, object_id=secret_id[:_LONGEST_ID])
    with archive() as connection:
        is_ended = secrets.end(connection, shop.company_code, secret_id, by=shop.username, now=now)
    if is_ended:
        messages.success(request, _("接口密钥 cd_%(id)s 已停用，几秒内失效。") % {"id": secret_id})
    else:
        messages.error(request, _("没有这个接口密钥。"))
    return redirect("shop-connect")
