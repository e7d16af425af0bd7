"""总部对总部 for the ministry's officer: applications, decisions, changes of the lists of dealers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.rules import NATION
from chedang.access.saying import words_of
from chedang.enterprises import actions, maker_store, makers
from chedang.enterprises.errors import DecisionRefused, ReasonMissing
from chedang.enterprises.maker_model import Maker, MakerState
from chedang.enterprises.maker_rules import read_dealers
from chedang.enterprises.store import Connection
from chedang.site.account import throttle
from chedang.site.archive.connections import archive
from chedang.site.guards import for_roles, person
from chedang.site.maker.pages import at_ministry
from chedang.site.maker_view import dealer_rows, maker_view, maker_views, today

_YEARS = 3
_MOST_PROBLEMS = 20
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""What nobody mistakes for another when it is told by telephone."""
Work = Callable[[Connection], object]


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DecisionForm(forms.Form):
    """Approve with a span of validity, refuse or end with a reason."""

    decision = forms.ChoiceField(
        choices=[("approve", gettext_lazy("同意")), ("refuse", gettext_lazy("不同意")), ("end", gettext_lazy("终止"))]
    )
    valid_from = forms.DateField(label=gettext_lazy("有效期起"), required=False, widget=_day_input())
    valid_until = forms.DateField(label=gettext_lazy("有效期止"), required=False, widget=_day_input())
    reason = forms.CharField(
        label=gettext_lazy("意见"),
        help_text=gettext_lazy("不同意或终止时必须写明原因，企业会看到。"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """A decision for a maker needs its days, one against it its reason."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "approve":
            for name in ("valid_from", "valid_until"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(_("请填写日期，例如 2027-12-31。")))
        elif not cleaned.get("reason"):
            self.add_error("reason", ValidationError(_("请写明原因，企业才知道怎样改正。")))
        return cleaned


class DealersForm(forms.Form):
    """Dealers to be added from a day on."""

    use_required_attribute = False  # the page's own sentence says what to do

    lines = forms.CharField(
        label=gettext_lazy("增加经销商"),
        help_text=gettext_lazy("每行一家：维修企业编码，品牌。"),
        error_messages={"required": gettext_lazy("请填写至少一家经销商。")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    since_on = forms.DateField(label=gettext_lazy("从哪天起"), widget=_day_input())


class EndDealerForm(forms.Form):
    """A dealer and its last day."""

    company_code = forms.CharField(max_length=15)
    until_on = forms.DateField(label=gettext_lazy("最后一天"), widget=_day_input())


def _officer(request: HttpRequest) -> User:
    """The ministry's officer. Raises PermissionDenied for one whose scope is not the country."""
    officer = person(request)
    if officer.division_code != NATION:
        raise PermissionDenied(_("总部对总部由部级主管部门办理。"))
    return officer


@require_safe
@for_roles(Role.REGULATOR)
@at_ministry
def list_makers(request: HttpRequest) -> HttpResponse:
    """All makers, those that wait for a decision first."""
    _officer(request)
    with archive() as connection:
        found = maker_views(connection, maker_store.list_all(connection))
    waiting = sum(maker.state == "applied" for maker in found)
    expiring = sum(maker.days_left is not None for maker in found)
    return render(request, "regulator/makers.html", {"makers": found, "waiting": waiting, "expiring": expiring})


@require_safe
@for_roles(Role.REGULATOR)
@at_ministry
def read_maker(request: HttpRequest, maker_code: str) -> HttpResponse:
    """One maker with its dealers and the forms of decision."""
    _officer(request)
    return _page(request, maker_code)


@require_POST
@for_roles(Role.REGULATOR)
@at_ministry
def decide(request: HttpRequest, maker_code: str) -> HttpResponse:
    """Approve, refuse or end; written down before it is done."""
    officer = _officer(request)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, maker_code, form=form, status=422)
    given, now = form.cleaned_data, timezone.now()
    sentence, action, work = {
        "approve": (
            _("已同意，列入名录并通知各省。"),
            AuditAction.APPROVE_MAKER,
            lambda connection: makers.approve(
                connection,
                maker_code,
                valid_from=given["valid_from"],
                valid_until=given["valid_until"],
                by=officer.username,
                now=now,
            ),
        ),
        "refuse": (
            _("已记为不同意，企业会看到原因。"),
            AuditAction.REFUSE_MAKER,
            lambda connection: makers.refuse(
                connection, maker_code, reason=given["reason"], by=officer.username, now=now
            ),
        ),
        "end": (
            _("已终止并通知各省；经销商的上传方式由所在省确定。"),
            AuditAction.END_MAKER,
            lambda connection: makers.end(connection, maker_code, reason=given["reason"], by=officer.username, now=now),
        ),
    }[given["decision"]]
    days = {name: given[name] for name in ("valid_from", "valid_until")} if given["decision"] == "approve" else {}
    try:
        complaint = _perform(officer, action, maker_code, work, seen=request.POST.get("seen", ""), **days)
    except _Overtaken:
        form.add_error(None, _("另一位同事刚刚办理过这家企业，请对照现在的状态再决定。"))
        return _page(request, maker_code, form=form, status=409)
    if complaint:
        form.add_error(None, complaint)
        return _page(request, maker_code, form=form, status=422)
    messages.success(request, sentence)
    return redirect("regulator-maker", maker_code)


@require_POST
@for_roles(Role.REGULATOR)
@at_ministry
def add_dealers(request: HttpRequest, maker_code: str) -> HttpResponse:
    """More dealers from a day on."""
    officer = _officer(request)
    form = DealersForm(request.POST)
    if form.is_valid():
        lines, problems = read_dealers(form.cleaned_data["lines"], _known(maker_code).brands)
        for problem in problems[:_MOST_PROBLEMS]:
            form.add_error(
                "lines", _("第 %(line)d 行：%(message)s") % {"line": problem.line, "message": problem.message}
            )
        if not problems:
            complaint = _perform(
                officer,
                AuditAction.CHANGE_DEALERS,
                maker_code,
                lambda connection: makers.add_dealers(
                    connection, maker_code, lines, since_on=form.cleaned_data["since_on"], now=timezone.now()
                ),
                added=[line.company_code for line in lines],
                since_on=form.cleaned_data["since_on"],
            )
            if not complaint:
                messages.success(request, _("已增加 %(n)d 家经销商。") % {"n": len(lines)})
                return redirect("regulator-maker", maker_code)
            form.add_error("since_on", complaint)
    return _page(request, maker_code, dealers_form=form, status=422)


@require_POST
@for_roles(Role.REGULATOR)
@at_ministry
def end_dealer(request: HttpRequest, maker_code: str) -> HttpResponse:
    """The last day of one dealer."""
    officer = _officer(request)
    form = EndDealerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请填写最后一天，例如 2027-12-31。"))
        return redirect("regulator-maker", maker_code)
    given = form.cleaned_data
    complaint = _perform(
        officer,
        AuditAction.CHANGE_DEALERS,
        maker_code,
        lambda connection: makers.end_dealer(
            connection, maker_code, given["company_code"], until_on=given["until_on"], now=timezone.now()
        ),
        ended=given["company_code"],
        until_on=given["until_on"],
    )
    if complaint:
        messages.error(request, complaint)
    else:
        messages.success(request, _("%(code)s 的最后一天已记下。") % {"code": given["company_code"]})
    return redirect("regulator-maker", maker_code)


@require_POST
@never_cache
@for_roles(Role.REGULATOR)
@at_ministry
def reset_password(request: HttpRequest, maker_code: str) -> HttpResponse:
    """A new password of the upload account, shown this once; the old one and tokens got with it end."""
    officer = _officer(request)
    maker = _known(maker_code)
    now = timezone.now()
    record_event(
        officer,
        AuditAction.RESET_MAKER_PASSWORD,
        Purpose.SUPERVISION,
        now=now,
        object_id=maker_code,
        before={"password": "old"},
        after={"password": "new"},
    )
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    with archive() as connection:
        actions.change_password(connection, maker_code, password, now=now, ends_tokens=True)
    for name in (maker_code, maker.unified_credit_code):  # whoever tried in vain need not wait
        throttle.forget(f"maker/{name}")
    return render(request, "regulator/maker_password.html", {"maker": maker, "password": password})


class _Overtaken(Exception):
    """Somebody else decided since the page was made."""


def _seen(maker: Maker) -> str:
    """What stands in a form of the decision that the officer has read: another after each application and decision."""
    return "/".join(str(each) for each in (maker.state, maker.applied_at, maker.decided_at))


def _state_of(maker: Maker) -> dict[str, object]:
    """What decisions change."""
    return {"state": str(maker.state), "valid_from": maker.valid_from, "valid_until": maker.valid_until}


def _perform(
    officer: User, action: AuditAction, maker_code: str, work: Work, *, seen: str | None = None, **given: object
) -> str:
    """Write a decision down and make it; a sentence when it cannot be made. Raises Http404, _Overtaken.

    ``seen``: what the officer's page said, where it matters; ``given``: what the decision says, for the audit trail.
    """
    known = _known(maker_code)
    if seen not in {None, _seen(known)}:
        raise _Overtaken
    before, now = _state_of(known), timezone.now()
    after = before | {"decision": str(action), **given}
    record_event(officer, action, Purpose.SUPERVISION, now=now, object_id=maker_code, before=before, after=after)
    try:
        with archive() as connection:
            if seen not in {None, _seen(maker_store.hold(connection, maker_code))}:
                raise _Overtaken
            work(connection)
    except (DecisionRefused, ReasonMissing) as fault:
        return words_of(fault)
    return ""


def _known(maker_code: str) -> Maker:
    with archive() as connection:
        maker = maker_store.find(connection, maker_code)
    if maker is None:
        raise Http404
    return maker


def _page(
    request: HttpRequest,
    maker_code: str,
    *,
    form: DecisionForm | None = None,
    dealers_form: DealersForm | None = None,
    status: int = 200,
) -> HttpResponse:
    maker = _known(maker_code)
    with archive() as connection:
        rows = dealer_rows(connection, maker_code)
    day = today()
    last = day.replace(year=day.year + _YEARS, month=12, day=31)
    context = {
        "maker": maker_view(maker, sum(row.is_current for row in rows)),
        "seen": _seen(maker),
        "page": Paginator(rows, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page")),
        "form": form or DecisionForm(initial={"valid_from": _first_day(maker, day), "valid_until": last}),
        "dealers_form": dealers_form or DealersForm(initial={"since_on": day + timedelta(days=1)}),
        "today": day,
    }
    return render(request, "regulator/maker.html", context, status=status)


def _first_day(maker: Maker, day: date) -> date:
    """What is approved keeps its first day when it is renewed; everything else begins today."""
    return maker.valid_from if maker.state is MakerState.APPROVED and maker.valid_from else day
