"""What officers see of a shop's people, and the code with which a shop comes to a manager account again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.filing import staff, staff_enrolment
from chedang.filing.staff_accounts import managers_of
from chedang.site.decisions import note_reading
from chedang.site.guards import for_roles, person
from chedang.site.maker_view import today
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.shop.staff.presentation import person_views


@require_safe
@for_roles(Role.REGULATOR)
def read_staff(request: HttpRequest, company_code: str) -> HttpResponse:
    """People of one enterprise with their certificates; the look is written down."""
    officer = person(request)
    shop = enterprise_in_scope(officer, company_code)
    note_reading(officer, shop.company_code)
    rows = person_views(staff.people_of(shop.company_code, now=timezone.now()), today())
    context = {
        "shop": shop,
        "rows": rows,
        "former": staff.former_people_of(shop.company_code),
        "managers": managers_of(shop.company_code).count(),
    }
    return render(request, "staff/officer.html", context)


@require_POST
@never_cache
@for_roles(Role.REGULATOR)
def make_code(request: HttpRequest, company_code: str) -> HttpResponse:
    """A first sign-in code, shown this once, to be handed to the shop."""
    officer, now = person(request), timezone.now()
    shop = enterprise_in_scope(officer, company_code)
    record_event(officer, AuditAction.ENROL_SHOP, Purpose.SUPERVISION, now=now, object_id=shop.company_code)
    code = staff_enrolment.make_code(shop.company_code, now=now)
    context = {"shop": shop, "code": code, "until": now + staff_enrolment.CODE_LASTS}
    return render(request, "staff/code_for_shop.html", context)
