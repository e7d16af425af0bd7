"""A shop's side of 责令改正 and 督办: what is asked until when, an answer with evidence, a longer limit once."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.shop.notices.files import evidence as evidence_files
from chedang.site.shop.notices.files import files_of, is_too_long, show_file, take_files
from chedang.site.shop.notices.forms import AnswerForm, LongerForm
from chedang.site.shop.notices.pages import letter_tabs
from chedang.site.shop.notices.presentation import duty_view, duty_views, names_of, step_views
from chedang.site.typed import seen_of
from chedang.supervision import duties
from chedang.supervision.counting import counts_of, overdue, waiting_for_shop
from chedang.supervision.duties import DutyActor
from chedang.supervision.duty_rules import MOST_EVIDENCE
from chedang.supervision.model import DutyDeed, DutyParty, NotAllowed, Overtaken
from chedang.supervision.models.duties import Duty

_LISTED: Final = 20


@require_safe
@for_shop(ShopPost.CLERK)
def list_duties(request: HttpRequest) -> HttpResponse:
    """What waits for the shop, the earliest limit first; the overdue ones; all."""
    shop, now = person(request), timezone.now()
    waiting = waiting_for_shop(shop.company_code)
    lists = {
        "waiting": waiting.order_by("due_at", "pk"),
        "overdue": overdue(waiting, now).order_by("due_at", "pk"),
        "all": Duty.objects.of_shop(shop.company_code).order_by("-issued_at", "-pk"),
    }
    show = request.GET.get("show", "")
    show = show if show in lists else "waiting"
    page = Paginator(lists[show], _LISTED).get_page(request.GET.get("page"))
    context = {
        "tabs": letter_tabs(shop, counts_of(shop.company_code, now)),
        "show": show,
        "numbers": {key: found.count() for key, found in lists.items()},
        "page": page,
        "rows": duty_views(page, now),
    }
    return render(request, "supervision/shop_duties.html", context)


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def read_duty(request: HttpRequest, code: str) -> HttpResponse:
    """One order; the shop's answer and its wish for a longer limit are sent here."""
    take_files(request)
    return _read_duty(request, code)


@csrf_protect
def _read_duty(request: HttpRequest, code: str) -> HttpResponse:
    shop, now = person(request), timezone.now()
    duty = get_object_or_404(Duty.objects.of_shop(shop.company_code), code=code)
    is_post = request.method == "POST"
    deed = request.POST.get("deed", "") if is_post else ""
    form = AnswerForm(request.POST if deed == "answer" else None, auto_id="answer_%s")
    longer = LongerForm(request.POST if deed == "longer" else None, auto_id="longer_%s")
    problem, status = "", 422
    if is_post:
        try:
            if _answer(request, duty, deed, form, longer):
                messages.success(request, _("已提交，主管机关会看到。"))
                return redirect("shop-duty", code)
        except NotAllowed as fault:
            problem, status = fault.sentence, 409 if isinstance(fault, Overtaken) else 422
            duty.refresh_from_db()
    context = {
        "duty": duty_view(duty, names_of([duty.company_code])[duty.company_code], now),
        "steps": step_views(duty),
        "form": form,
        "longer_form": longer,
        "may_answer": duties.may(duty, DutyDeed.ANSWER, DutyParty.SHOP, now=now),
        "may_ask_longer": duties.may(duty, DutyDeed.ASK_LONGER, DutyParty.SHOP, now=now),
        "most_files": MOST_EVIDENCE,
        "problem": problem,
        "file_url": "shop-duty-evidence",
    }
    is_wrong = problem or form.errors or longer.errors
    return render(request, "supervision/shop_duty.html", context, status=status if is_wrong else 200)


@require_safe
@for_shop(ShopPost.CLERK)
def evidence(request: HttpRequest, code: str, place: int) -> HttpResponse:
    """A file that the shop handed in."""
    return show_file(request, get_object_or_404(Duty.objects.of_shop(person(request).company_code), code=code), place)


def _answer(request: HttpRequest, duty: Duty, deed: str, form: AnswerForm, longer: LongerForm) -> bool:
    """Do what the shop sent; False when a form has to be mended. Raises NotAllowed."""
    if is_too_long(request):
        raise NotAllowed(_("文件加起来太大，一个都没有收下。每个不超过 8 MB，请减少后再交。"))
    given = longer if deed == "longer" else form
    if not given.is_valid():
        return False
    shop, now = person(request), timezone.now()
    files = evidence_files().clean(files_of(request))
    organisation = organisation_of(shop)
    record_event(
        shop,
        AuditAction.ANSWER_ORDER,
        Purpose.OWN_BUSINESS,
        now=now,
        object_id=duty.code,
        organisation=organisation,
    )
    actor, seen = DutyActor(DutyParty.SHOP, shop, organisation), seen_of(request)
    text = given.cleaned_data["text"]
    if deed == "longer":
        duties.ask_longer(duty.code, actor, given.cleaned_data["days"], text, seen=seen, now=now)
    else:
        duties.answer(duty.code, actor, text, files, evidence=evidence_files(), seen=seen, now=now)
    return True
