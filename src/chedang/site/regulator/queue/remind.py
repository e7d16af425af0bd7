"""Remind the shops of a list: look first whom it reaches and what it says, then send; letters and SMS for many."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.queue import words
from chedang.site.regulator.queue.asked import asked_words, fields_of, query_of, read_asked, scope_words
from chedang.site.shop.notices.presentation import names_of
from chedang.site.written import write_down
from chedang.supervision import notices, reminding, reminding_letters, reminding_sms
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.notices import new_notice_id
from chedang.supervision.models.reminders import Reminder, ReminderLetter, new_reminder_id
from chedang.supervision.notice_texts import MOST_TEXT, MOST_TITLE, fill, load_templates, unknown_gaps
from chedang.supervision.reminding import Words
from chedang.supervision.reminding_model import Concern, Rung, load_reminder_parameters
from chedang.supervision.shops import ShopQuery, list_shops
from chedang.terms.text import tidy

_ID: Final = re.compile("[0-9a-f]{16}")
_MOST_TICKED: Final = 500
_MOST_SMS: Final = 20


class WordsForm(forms.Form):
    """What the notice says."""

    title = forms.CharField(
        label=gettext_lazy("标题"), max_length=MOST_TITLE, error_messages={"required": gettext_lazy("请填写标题。")}
    )
    text = forms.CharField(
        label=gettext_lazy("正文"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": gettext_lazy("请填写正文。")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if unknown := unknown_gaps(cleaned.get("title", "") + cleaned.get("text", "")):
            told = {"name": unknown[0]}
            self.add_error("text", _("花括号里的“%(name)s”不能自动填写，请改用列出的名称。") % told)
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def remind(request: HttpRequest) -> HttpResponse:
    """The page to check, with the count and one filled example; ``deed=send`` sends."""
    officer, now = person(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    asked, ticked = _wanted(request, officer)
    wanted = _with_concern(asked)
    concern = wanted.concern or Concern.SILENT
    template = load_templates()[load_reminder_parameters().templates[concern]]
    is_sending = given.get("deed", "") == "send" and request.method == "POST"
    form = WordsForm(given if is_sending else None, initial={"title": template.title, "text": template.text})
    public_id = given.get("notice", "") if _ID.fullmatch(given.get("notice", "")) else new_notice_id()
    problem, status = "", 422
    if is_sending and form.is_valid():
        said = Words(form.cleaned_data["title"], form.cleaned_data["text"], template.key, template.asks_acknowledgement)
        try:
            return _send(request, public_id, wanted, said)
        except NotAllowed as fault:
            problem, status = fault.sentence, 409 if isinstance(fault, Overtaken) else 422
    reach = reminding.reach(wanted, now=now)
    shown = form.data if form.is_bound else form.initial
    context = {
        "division": scope_words(wanted),
        "concern": words.CONCERNS[concern],
        "concerns": [(str(key), word, key is concern) for key, word in words.CONCERNS.items()],
        "words": asked_words(wanted),
        "reach": reach,
        "concern_key": str(concern),
        "sms_after": load_reminder_parameters().sms_after_days,
        "again_days": load_reminder_parameters().again_days,
        "form": form,
        "notice_id": public_id,
        "fields": fields_of(wanted, officer),
        "ticked": ticked,
        "is_all": given.get("who", "") == "all",
        "back": f"{reverse('officer-shops')}?{query_of(wanted, officer)}",
        "example": _example(reach.example, str(shown.get("title", "")), str(shown.get("text", "")), officer, now),
        "problem": problem,
    }
    return render(request, "queue/remind.html", context, status=status if problem or form.errors else 200)


@require_POST
@for_roles(Role.REGULATOR)
def climb(request: HttpRequest) -> HttpResponse:
    """SMS or letters at once for the open reminders of ticked shops; back to the list, or on to the letter."""
    officer = person(request)
    wanted, _ticked = _wanted(request, officer)
    listed = list_shops(wanted, now=timezone.now(), limit=reminding_letters.MOST_SHEETS + 1)
    codes = [shop.company_code for shop in listed]
    try:
        if request.POST.get("deed", "") == "letter":
            return redirect("officer-letter", _write_letter(request, officer, codes).public_id)
        messages.success(request, _send_sms(officer, codes))
    except NotAllowed as fault:
        messages.error(request, fault.sentence)
    return redirect(f"{reverse('officer-shops')}?{query_of(wanted, officer)}")


@require_safe
@for_roles(Role.REGULATOR)
def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    """The letters as PDF, one sheet a shop."""
    officer = person(request)
    prefix = division_prefix(officer.division_code)
    found = get_object_or_404(ReminderLetter.objects.filter(division_code__startswith=prefix), public_id=public_id)
    answer = HttpResponse(reminding_letters.letter_pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.public_id}.pdf"'
    return answer


def _wanted(request: HttpRequest, officer: User) -> tuple[ShopQuery, list[str]]:
    """The filter, narrowed to ticked shops unless all of it is meant. A reminder has one concern."""
    given = request.POST if request.method == "POST" else request.GET
    wanted = read_asked(officer, given)
    is_all = given.get("who", "") == "all"
    ticked = [] if is_all else [code for code in given.getlist("shop") if code.isascii()][:_MOST_TICKED]
    return (wanted if is_all else _narrow(wanted, ticked)), ticked


def _send(request: HttpRequest, public_id: str, wanted: ShopQuery, said: Words) -> HttpResponse:
    officer, now = person(request), timezone.now()
    organisation = organisation_of(officer)
    reach = reminding.reach(wanted, now=now)
    record_event(
        officer,
        AuditAction.REMIND,
        Purpose.SUPERVISION,
        now=now,
        object_id=public_id,
        organisation=organisation,
        before={"reminded": reach.shops - reach.due - reach.elsewhere},
        after={"concern": str(wanted.concern or ""), "shops": reach.due},
    )
    sent = reminding.remind(public_id, wanted, said, officer, authority=organisation, now=now)
    messages.success(request, _("已提醒 %(n)d 家企业。改正以后系统自动结束提醒。") % {"n": sent.recipient_count})
    return redirect("officer-notice", sent.public_id)


def _send_sms(officer: User, codes: list[str]) -> str:
    """Send the SMS of these shops' open reminders at once; gives what became of it. Raises NotAllowed."""
    now, organisation = timezone.now(), organisation_of(officer)
    cases = Reminder.objects.in_scope(officer).open().filter(company_code__in=codes, rung=int(Rung.NOTICE))
    numbers = list(cases.order_by("pk").values_list("pk", flat=True)[: _MOST_SMS + 1])
    if not numbers:
        raise NotAllowed(_("这些企业没有可以发短信的提醒：还没提醒，或者短信已经发过。"))
    if len(numbers) > _MOST_SMS:
        raise NotAllowed(_("一次最多给 20 家发短信。到期后系统会自动发。"))
    _write_down(officer, Rung.SMS, len(numbers), object_id=officer.division_code)
    outcomes = [reminding_sms.send(number, officer, organisation=organisation, now=now) for number in numbers]
    sent, faults = outcomes.count(""), [fault for fault in outcomes if fault]
    if not sent and faults:
        raise NotAllowed(_("短信没有发出：%(why)s。") % {"why": words.WHY_NOT[faults[0]]})
    said = _("已发短信 %(n)d 条。") % {"n": sent}
    return said + (_("没有发出 %(n)d 条，原因见各企业的页面。") % {"n": len(faults)} if faults else "")


def _write_letter(request: HttpRequest, officer: User, codes: list[str]) -> ReminderLetter:
    given = request.POST.get("letter", "")
    public_id = given if _ID.fullmatch(given) else new_reminder_id()
    _write_down(officer, Rung.LETTER, len(codes), object_id=public_id)
    authority = organisation_of(officer)
    return reminding_letters.write_letter(public_id, codes, officer, authority=authority, now=timezone.now())


def _write_down(officer: User, rung: Rung, shops: int, *, object_id: str) -> None:
    before, after = {"rung_below": int(rung) - 1}, {"rung": int(rung), "shops": shops}
    write_down(officer, AuditAction.REMIND, object_id, before=before, after=after)


def _narrow(wanted: ShopQuery, codes: list[str]) -> ShopQuery:
    return msgspec.structs.replace(wanted, codes=tuple(codes))


def _with_concern(wanted: ShopQuery) -> ShopQuery:
    """One with a concern: that of the first shop where the filter names none."""
    if wanted.concern is not None:
        return wanted
    first = list_shops(wanted, now=timezone.now(), limit=1)
    return msgspec.structs.replace(wanted, concern=(first[0].concern if first else None) or Concern.SILENT)


def _example(company_code: str, title: str, text: str, officer: User, now: datetime) -> tuple[str, str, str] | None:
    """Name of the first shop that would get it, and title and text as it would read them."""
    if not company_code or unknown_gaps(title + text):
        return None
    fills = notices.fills_of(company_code, title + text, officer.division_code, now=now)
    return names_of([company_code])[company_code], fill(tidy(title), fills), fill(text, fills)
