"""Pages of 安全管理员: confirm accounts, give roles and divisions, hand out 启用码, reset second factors, unlock.

No account is made here.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from chedang.access.model import OFFICIALS, WITH_DIVISION, Role
from chedang.access.models import ROLE_NAMES, SecondFactor, User
from chedang.access.rules import NATION
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.oversight import accounts
from chedang.terms import division


class RightsForm(forms.Form):
    """Role and division of an official who has one."""

    role = forms.ChoiceField(
        label=gettext_lazy("角色"), choices=[(str(role), ROLE_NAMES[role]) for role in sorted(WITH_DIVISION)]
    )
    division_code = forms.CharField(
        label=gettext_lazy("管辖行政区划代码"),
        help_text=gettext_lazy("六位，例如 330106；全省 330000；全国 000000。"),
        max_length=6,
        error_messages={"required": gettext_lazy("请填写六位行政区划代码。")},
    )

    def clean_division_code(self) -> str:
        """One that is in the list of divisions."""
        code: str = self.cleaned_data["division_code"]
        if code != NATION and not division.full_name(code):
            raise ValidationError(_("没有这个行政区划代码，请核对。"))
        return code


@require_safe
@for_roles(Role.SECURITY)
def home(request: HttpRequest) -> HttpResponse:
    """Accounts of officials: those that wait for a confirmation first."""
    has_factor = Exists(SecondFactor.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False))
    found = User.objects.filter(role__in=OFFICIALS).annotate(has_factor=has_factor)
    waiting = found.filter(awaits_confirmation=True, is_active=True).order_by("created_at")
    others = found.filter(awaits_confirmation=False).order_by("role", "division_code", "username")
    page = Paginator(others, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": [_line(each) for each in waiting],
        "page": page,
        "rows": [_line(each) for each in page],
    }
    return render(request, "oversight/security.html", context)


@require_safe
@for_roles(Role.SECURITY)
def read_account(request: HttpRequest, number: int) -> HttpResponse:
    """One official's account and what may be done with it."""
    return _account_page(request, number)


@require_POST
@for_roles(Role.SECURITY)
def change_account(request: HttpRequest, number: int) -> HttpResponse:
    """One of five deeds; none of them on the own account."""
    by, deed = person(request), request.POST.get("deed", "")
    try:
        if deed == "rights":
            form = RightsForm(request.POST)
            if not form.is_valid():
                return _account_page(request, number, form=form, status=422)
            try:
                accounts.change_rights(by, number, Role(form.cleaned_data["role"]), form.cleaned_data["division_code"])
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
                return _account_page(request, number, form=form, status=422)
            messages.success(request, _("角色和范围已更改，本人须重新登录。"))
        elif deed == "enrolment":
            try:
                return _account_page(request, number, enrolment_code=accounts.show_enrolment_code(by, number))
            except LookupError:
                messages.info(request, _("本人已经启用动态口令，不再需要启用码。"))
        elif deed in _DEEDS:
            work, sentence = _DEEDS[deed]
            work(by, number)
            messages.success(request, sentence)
    except User.DoesNotExist:
        raise Http404 from None
    return redirect("security-account", number)


_DEEDS: Any = {
    "confirm": (accounts.confirm, gettext_lazy("已确认，本人可以登录了。")),
    "reset": (accounts.reset_second_factor, gettext_lazy("动态口令已重置，本人下次登录时重新启用。")),
    "unlock": (accounts.unlock, gettext_lazy("已解除等待，本人可以马上再登录。")),
}


def _account_page(
    request: HttpRequest, number: int, *, form: RightsForm | None = None, status: int = 200, enrolment_code: str = ""
) -> HttpResponse:
    account = User.objects.filter(pk=number, role__in=OFFICIALS).first()
    if account is None:
        raise Http404
    given = {"role": account.role, "division_code": account.division_code}
    context = {
        "account": account,
        "division": _division(account),
        "is_own": account.pk == person(request).pk,
        "has_factor": SecondFactor.objects.filter(user=account, confirmed_at__isnull=False).exists(),
        "has_division": account.role in WITH_DIVISION,
        "form": form or RightsForm(initial=given),
        "enrolment_code": enrolment_code,
    }
    return render(request, "oversight/security_account.html", context, status=status)


def _line(account: Any) -> dict[str, object]:
    return {"account": account, "division": _division(account), "has_factor": account.has_factor}


def _division(account: User) -> str:
    if not account.division_code:
        return ""
    return _("全国") if account.division_code == NATION else division_name(account.division_code)
