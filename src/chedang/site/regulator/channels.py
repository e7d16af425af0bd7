"""上传方式 of a shop, changed by its officer: back to 单店上传 from a day on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.enterprises import channels
from chedang.enterprises.model import Channel
from chedang.site.archive.connections import archive
from chedang.site.guards import for_roles, person
from chedang.site.regulator.forms import SetBackForm
from chedang.site.regulator.pages import enterprise_page
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.settings import NODE
from chedang.terms.dates import day_in_china


@require_POST
@for_roles(Role.REGULATOR)
def set_back(request: HttpRequest, company_code: str) -> HttpResponse:
    """Let a shop of the division upload by itself again; the ministry is told."""
    officer = person(request)
    enterprise = enterprise_in_scope(officer, company_code)
    form = SetBackForm(request.POST)
    if not form.is_valid():
        return enterprise_page(request, company_code, channel_form=form, status=422)
    now = timezone.now()
    with archive() as connection, connection.transaction():
        record_event(
            officer,
            AuditAction.CHANGE_CHANNEL,
            Purpose.SUPERVISION,
            now=now,
            object_id=enterprise.company_code,
            before={"channel": channels.channel_of(connection, enterprise.company_code, day_in_china(now)).value},
            after={"channel": Channel.SHOP.value, "since_on": form.cleaned_data["since_on"].isoformat()},
        )
        channels.set_channel(
            connection,
            enterprise.company_code,
            Channel.SHOP,
            form.cleaned_data["since_on"],
            decided_by=NODE.node.code,
            reason=form.cleaned_data["why"],
            now=now,
        )
    messages.success(request, _("已记下，到那天起本店可以单店上传，总部不能再代传。"))
    return redirect("regulator-enterprise", company_code)
