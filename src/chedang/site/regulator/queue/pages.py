"""企业上传情况: shops under supervision as a list with filters, and one of them with all that was done about it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.quality.expectation import load_expectation_parameters
from chedang.quality.expectation_store import months_of_shop, read_expectations
from chedang.quality.statistics_model import Upload
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import category_name, division_name, enterprise_view
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.enforcement.of_shop import enforcement_of_shop
from chedang.site.regulator.queue import words
from chedang.site.regulator.queue.asked import CATEGORIES, asked_words, fields_of, query_of, read_asked, scope_words
from chedang.site.regulator.queue.export import TABLE
from chedang.site.regulator.queue.formulas import formulas
from chedang.site.regulator.queue.presentation import reminder_views
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.regulator.statistics.asked import category_param
from chedang.site.shop.notices.presentation import duty_views
from chedang.supervision import reminding, reminding_sms
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.reminders import Reminder, new_reminder_id
from chedang.supervision.reminding_model import ReminderState, Rung, load_reminder_parameters
from chedang.supervision.shops import LICENSES, REMINDED, ShopQuery, choices, count, list_shops

_LISTED: Final = 50
_MONTHS: Final = 13


@require_safe
@for_roles(Role.REGULATOR)
def shops(request: HttpRequest) -> HttpResponse:
    """Shops of the division by all filters, the longest silent first; tick some, or take them all, and remind them."""
    officer, now = person(request), timezone.now()
    wanted = read_asked(officer, request.GET)
    found = list_shops(wanted, now=now, limit=_LISTED + 1, after=request.GET.get("after", ""))
    page = found[:_LISTED]
    next_query = query_of(wanted, officer, after=page[-1].key) if len(found) > _LISTED else ""
    vendors, makers = choices(officer.division_code, now=now)
    context = {
        "division": scope_words(wanted),
        "wanted": wanted,
        "words": asked_words(wanted),
        "count": count(wanted, now=now),
        "fields": fields_of(wanted, officer),
        "rows": [
            (
                shop,
                category_name(shop.category_code),
                division_name(shop.division_code),
                words.what_is_wrong(shop),
                words.reminded_words(shop),
                words.CONCERNS[shop.concern] if shop.concern else "",
            )
            for shop in page
        ],
        "next_query": next_query,
        "first_query": query_of(wanted, officer),
        "letter_id": new_reminder_id(),
        "formulas": formulas(),
        "table": TABLE,
        "is_first_page": "after" not in request.GET,
        "filters": _filters(wanted, vendors, makers),
        "days": load_expectation_parameters().shares.days,
    }
    return render(request, "queue/shops.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_shop(request: HttpRequest, company_code: str) -> HttpResponse:
    """One shop under supervision. Going up the ladder at once and ending a reminder are sent here."""
    officer, now = person(request), timezone.now()
    enterprise = enterprise_in_scope(officer, company_code)
    problem, status = "", 422
    if request.method == "POST":
        try:
            messages.success(request, _act(request.POST, officer))
            return redirect("officer-shop", company_code)
        except NotAllowed as fault:
            problem, status = fault.sentence, 409 if isinstance(fault, Overtaken) else 422
    with archive() as connection:
        judged = read_expectations(connection, [company_code]).get(company_code)
        months = months_of_shop(connection, company_code, _MONTHS)
    listed = list_shops(ShopQuery(officer.division_code, codes=(company_code,)), now=now, limit=1)
    duties = Duty.objects.in_scope(officer).of_shop(company_code).order_by("-issued_at")
    context: dict[str, Any] = {
        "enterprise": enterprise_view(enterprise),
        "shop": listed[0] if listed else None,
        "what": words.what_is_wrong(listed[0]) if listed else "",
        "concern": words.CONCERNS.get(listed[0].concern) if listed and listed[0].concern else "",
        "judged": judged,
        "judged_days": 7 * (judged.weeks or 0) if judged else 0,
        "season": round(100 * (judged.season or 0)) if judged else 0,
        "formulas": formulas(),
        "days": load_expectation_parameters().shares.days,
        "months": months,
        "reminders": reminder_views(
            Reminder.objects.in_scope(officer).of_shop(company_code).order_by("-opened_at", "-pk")
        ),
        "duties": duty_views(duties, now),
        "enforcement": enforcement_of_shop(company_code),
        "letter_id": new_reminder_id(),
        "problem": problem,
    }
    return render(request, "queue/shop.html", context, status=status if problem else 200)


def _act(given: QueryDict, officer: User) -> str:
    """Do what a button of a shop's page says; gives the sentence for the officer. Raises NotAllowed."""
    now, organisation = timezone.now(), organisation_of(officer)
    reminder = Reminder.objects.in_scope(officer).filter(public_id=given.get("reminder", "")).first()
    if reminder is None:
        raise NotAllowed(_("没有这件提醒。"))
    deed = given.get("deed", "")
    changes: dict[str, dict[str, object]] = {
        "sms": {"rung": int(Rung.SMS)},
        "end": {"state": str(ReminderState.ENDED)},
    }
    after = changes.get(deed)
    if after is None:
        raise NotAllowed(_("没有这个操作。"))
    record_event(
        officer,
        AuditAction.REMIND,
        Purpose.SUPERVISION,
        now=now,
        object_id=reminder.public_id,
        organisation=organisation,
        reason=given.get("reason", "")[: reminding.MOST_REASON],
        before={"rung": reminder.rung, "state": reminder.state},
        after=after,
    )
    if deed == "end":
        reminding.end(reminder.public_id, officer, given.get("reason", ""), organisation=organisation, now=now)
        return _("已结束这件提醒。")
    fault = reminding_sms.send(reminder.pk, officer, organisation=organisation, now=now)
    if fault is None:
        raise Overtaken(_("短信已经发过，或者这件提醒已经结束。"))
    if fault:
        raise NotAllowed(_("短信没有发出：%(why)s。") % {"why": words.WHY_NOT[fault]})
    return _("短信已发出。")


def _filters(
    wanted: ShopQuery, vendors: list[str], makers: list[str]
) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Selects of the filter form: name, label, and value, word, whether chosen."""
    soon, later = load_reminder_parameters().license_days
    license_words = (_("已过期"), _("%(days)d 天内到期") % {"days": soon}, _("%(days)d 天内到期") % {"days": later})
    uploads = {
        Upload.ALL: _("全部"),
        Upload.CONNECTED: _("已对接"),
        Upload.UNCONNECTED: _("未对接"),
        Upload.ACTIVE: _("有上传"),
    }
    reminded = (_("不限"), _("还没提醒"), _("已提醒"), _("提醒未读"), _("等寄督促函"))
    everything = ("", _("不限"))
    days = [
        (str(each), _("超过 %(over)d 天未上传") % {"over": each}) for each in load_reminder_parameters().silent_days
    ]
    named: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        (
            "concern",
            _("事项"),
            str(wanted.concern or ""),
            [everything, *((str(k), str(v)) for k, v in words.CONCERNS.items())],
        ),
        ("over", _("未上传天数"), str(wanted.over_days or ""), [everything, *days]),
        ("upload", _("对接"), str(wanted.upload), [(str(key), word) for key, word in uploads.items()]),
        (
            "category",
            _("类别"),
            category_param(wanted.category),
            [everything, *((each, category_name(each)) for each in CATEGORIES)],
        ),
        ("reminded", _("提醒"), wanted.reminded, list(zip(REMINDED, reminded, strict=True))),
        (
            "license",
            _("许可或备案有效期"),
            wanted.license or "",
            [everything, *zip(LICENSES, license_words, strict=True)],
        ),
        ("vendor", _("维修软件"), wanted.vendor or "", [everything, *((each, each) for each in vendors)]),
        ("maker", _("汽车生产企业"), wanted.maker or "", [everything, *((each, each) for each in makers)]),
    ]
    return [
        (name, label, [(value, word, value == chosen) for value, word in options])
        for name, label, chosen, options in named
    ]
