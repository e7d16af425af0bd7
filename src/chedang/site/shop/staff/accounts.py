"""Letting a person of the shop sign in, changing how and as what, and the one click with which it ends."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chedang.access.model import AuditAction
from chedang.enterprises import secrets
from chedang.enterprises.secrets import ApiSecret
from chedang.filing import staff_accounts
from chedang.filing.models import StaffMember
from chedang.filing.staff_accounts import HasLeft, LastManager, NameTaken
from chedang.filing.staff_phones import NumberTaken
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.maker_view import today
from chedang.site.settings import OWNERS_SIGN_IN
from chedang.site.shop.staff.forms import OpenAccountForm, PhoneField, PostForm
from chedang.site.shop.staff.register import find_or_404, note_change, person_page


@require_POST
@never_cache
@for_shop()
def change_account(request: HttpRequest, public_id: str) -> HttpResponse:
    """``deed``: open, password, post or phone."""
    member = find_or_404(request, public_id)
    deed = _DEEDS.get(request.POST.get("deed", ""))
    if deed is None:
        return redirect("shop-person", public_id)
    note_change(request, public_id)
    try:
        return deed(request, member)
    except LastManager:
        messages.error(request, _("这是本店唯一能登录的负责人。请先让另一位负责人能登录，再办这一项。"))
    except HasLeft:
        messages.error(request, _("这个人已离职或没有账户，请先办理返岗或开通账户。"))
    return redirect("shop-person", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """The person leaves: account and sessions end at once, and the secrets for software that are ticked."""
    member = find_or_404(request, public_id)
    made = _secrets_made_by(member)
    if request.method != "POST":
        context = {"member": member, "secrets": made, "is_self": member.user == person(request)}
        return render(request, "staff/leave.html", context)
    note_change(request, public_id, AuditAction.END_STAFF)
    try:
        staff_accounts.leave(member, on=today())
    except LastManager:
        messages.error(request, _("这是本店唯一能登录的负责人。请先让另一位负责人能登录，再办这一项。"))
        return redirect("shop-person", public_id)
    _end_secrets(request, [secret for secret in made if secret.secret_id in request.POST.getlist("secret")])
    if member.user == person(request):
        return redirect("start")
    messages.success(request, _("%(name)s 已离职，账户和全部登录已停用。") % {"name": member.name})
    return redirect("shop-staff")


@require_POST
@for_shop()
def come_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who had left works here again; an account is opened apart."""
    member = find_or_404(request, public_id)
    note_change(request, public_id)
    if staff_accounts.come_back(member, on=today()):
        messages.success(request, _("%(name)s 已返岗，需要登录时请重新开通账户。") % {"name": member.name})
    return redirect("shop-person", public_id)


def _open(request: HttpRequest, member: StaffMember) -> HttpResponse:
    form = OpenAccountForm(request.POST, by_phone=OWNERS_SIGN_IN)
    if not form.is_valid():
        return person_page(request, member, account_form=form)
    given = form.cleaned_data
    try:
        opened = staff_accounts.open_account(
            member, given["post"], username=given["username"], number=given.get("number", ""), now=timezone.now()
        )
    except NameTaken:
        form.add_error("username", _("这个账户名已有人用，请换一个。"))
    except NumberTaken:
        form.add_error("number", _("本店另一个人正在用这个号码。"))
    else:
        if opened.password:
            return _show_password(request, member, opened.password)
        messages.success(request, _("已开通，%(name)s 现在可以用手机验证码登录。") % {"name": member.name})
        return redirect("shop-person", member.public_id)
    return person_page(request, member, account_form=form)


def _renew_password(request: HttpRequest, member: StaffMember) -> HttpResponse:
    if member.user == person(request):
        return redirect("change-password")
    return _show_password(request, member, staff_accounts.renew_password(member))


def _change_post(request: HttpRequest, member: StaffMember) -> HttpResponse:
    form = PostForm(request.POST)
    if form.is_valid():
        staff_accounts.change_post(member, form.cleaned_data["post"])
        messages.success(request, _("岗位权限已更改，对方打开下一页时生效。"))
        if member.user == person(request):
            return redirect("home")
    return redirect("shop-person", member.public_id)


def _change_phone(request: HttpRequest, member: StaffMember) -> HttpResponse:
    form = PhoneField(request.POST)
    if form.is_valid():
        number = form.cleaned_data["number"]
        try:
            staff_accounts.change_phone(member, number, now=timezone.now())
        except NumberTaken:
            form.add_error("number", _("本店另一个人正在用这个号码。"))
        else:
            messages.success(request, _("手机号码已更改。") if number else _("手机号码已去掉。"))
            return redirect("shop-person", member.public_id)
    return person_page(request, member, account_form=form)


def _show_password(request: HttpRequest, member: StaffMember, password: str) -> HttpResponse:
    member.refresh_from_db()
    return render(request, "staff/password.html", {"member": member, "password": password})


_DEEDS: dict[str, Callable[[HttpRequest, StaffMember], HttpResponse]] = {
    "open": _open,
    "password": _renew_password,
    "post": _change_post,
    "phone": _change_phone,
}


def _secrets_made_by(member: StaffMember) -> list[ApiSecret]:
    """Secrets for the shop's software that the person made and that are good now."""
    if member.user is None:
        return []
    now = timezone.now()
    with archive() as connection:
        found = secrets.list_of(connection, member.company_code)
    return [secret for secret in found if secret.created_by == member.user.username and secret.is_live(now)]


def _end_secrets(request: HttpRequest, ended: list[ApiSecret]) -> None:
    manager, now = person(request), timezone.now()
    for secret in ended:
        note_change(request, secret.secret_id, AuditAction.END_SECRET)
        with archive() as connection:
            secrets.end(connection, manager.company_code, secret.secret_id, by=manager.username, now=now)
