"""本店人员: who works here, entered and set right by the manager; clerks see names and work only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.filing import staff, staff_phones
from chedang.filing.models import StaffMember
from chedang.site.guards import for_shop, person
from chedang.site.maker_view import today
from chedang.site.settings import OWNERS_SIGN_IN
from chedang.site.shop.staff.forms import CertificateForm, OpenAccountForm, PersonForm, PhoneField, PostForm
from chedang.site.shop.staff.presentation import person_views


def find_or_404(request: HttpRequest, public_id: str) -> StaffMember:
    """A person of the reader's own shop; another's is not there. Raises Http404."""
    member = staff.find_person(person(request).company_code, public_id)
    if member is None:
        raise Http404
    return member


def note_change(request: HttpRequest, object_id: str, action: AuditAction = AuditAction.CHANGE_STAFF) -> None:
    """Write down a change of people before it is made; ``object_id``: public name of the person."""
    record_event(person(request), action, Purpose.OWN_BUSINESS, now=timezone.now(), object_id=object_id)


@require_safe
@for_shop(ShopPost.CLERK)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who works here, or has left."""
    user = person(request)
    is_manager = user.shop_post == ShopPost.MANAGER
    shows_former = is_manager and request.GET.get("show") == "left"
    members = (
        staff.former_people_of(user.company_code)
        if shows_former
        else staff.people_of(user.company_code, now=timezone.now())
    )
    context = {
        "is_manager": is_manager,
        "shows_former": shows_former,
        "rows": person_views(members, today()) if is_manager else [{"member": member} for member in members],
        "count": len(members),
    }
    return render(request, "staff/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def add(request: HttpRequest) -> HttpResponse:
    """One more person; then to the person's own page."""
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm(initial={"joined_on": today()})
    if request.method == "POST" and form.is_valid():
        company_code = person(request).company_code
        note_change(request, company_code)
        try:
            member = staff.add_person(company_code, **form.cleaned_data, now=timezone.now())
        except staff.TooManyPeople:
            form.add_error(None, _("名册最多 %(most)d 人，请先办理离职人员。") % {"most": staff.MOST_PEOPLE})
        else:
            messages.success(request, _("%(name)s 已加入名册。") % {"name": member.name})
            return redirect("shop-person", member.public_id)
    return render(request, "staff/add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def read_person(request: HttpRequest, public_id: str) -> HttpResponse:
    """One person: work, certificates, account. POST sets name, work and first day right."""
    member = find_or_404(request, public_id)
    if request.method != "POST":
        return person_page(request, member)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return person_page(request, member, form=form)
    note_change(request, public_id)
    staff.change_person(member, **form.cleaned_data)
    messages.success(request, _("已保存。"))
    return redirect("shop-person", public_id)


@require_POST
@for_shop()
def add_certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    """One more certificate, or other particulars of one."""
    member = find_or_404(request, public_id)
    form = CertificateForm(request.POST)
    if not form.is_valid():
        return person_page(request, member, certificate_form=form)
    note_change(request, public_id)
    given = form.cleaned_data
    kind, number = given.pop("kind"), given.pop("number")
    try:
        staff.add_certificate(member, kind, number, **given, now=timezone.now())
    except staff.TooManyPeople:
        form.add_error(None, _("一个人最多登记 %(most)d 本证书。") % {"most": staff.MOST_CERTIFICATES})
        return person_page(request, member, certificate_form=form)
    messages.success(request, _("证书已登记。"))
    return redirect("shop-person", public_id)


@require_POST
@for_shop()
def end_certificate(request: HttpRequest, public_id: str, certificate_id: str) -> HttpResponse:
    """A certificate is no longer held, or was entered by mistake."""
    member = find_or_404(request, public_id)
    note_change(request, public_id)
    if staff.end_certificate(member, certificate_id, now=timezone.now()):
        messages.success(request, _("证书已从名册去掉。"))
    return redirect("shop-person", public_id)


def person_page(
    request: HttpRequest,
    member: StaffMember,
    *,
    form: PersonForm | None = None,
    certificate_form: CertificateForm | None = None,
    account_form: OpenAccountForm | PostForm | PhoneField | None = None,
) -> HttpResponse:
    """One person with the page's forms, one of which may have come back with complaints."""
    (view,) = person_views([member], today())
    wrong = form or certificate_form or account_form
    context: dict[str, Any] = view | {
        "wrong": wrong,
        "form": form or PersonForm(initial={"name": member.name, "trade": member.trade, "joined_on": member.joined_on}),
        "certificate_form": certificate_form or CertificateForm(),
        "spells": member.spells.order_by("-joined_on"),
        "by_phone": OWNERS_SIGN_IN,
        "is_self": member.user == person(request),
    }
    if view["account"] is None:
        context["account_form"] = account_form or OpenAccountForm(by_phone=OWNERS_SIGN_IN)
    else:
        context["phone"] = staff_phones.masked_phone(view["account"])
        context["has_password"] = view["account"].has_usable_password()
        context["post_form"] = PostForm(initial={"post": view["account"].shop_post})
        context["phone_form"] = account_form if isinstance(account_form, PhoneField) else PhoneField()
    return render(request, "staff/person.html", context, status=422 if wrong else 200)
