"""更正: change a record, see what the rules say of the new text, then store it as a new version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.access.model import AuditAction, ShopPost
from chedang.enterprises import store as enterprises
from chedang.intake.amending import DeskCorrection, amend_at_desk, new_errors
from chedang.intake.corrections import RecordAmended
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.records.model import Finding, RecordState, RecordText, StoredVersion
from chedang.records.rules import judge
from chedang.site.archive.connections import archive
from chedang.site.findings import describe_findings
from chedang.site.guards import for_shop, person
from chedang.site.limits import limits_today
from chedang.site.shop.records.forms import CorrectForm
from chedang.site.shop.records.one import find_own, write_down
from chedang.site.shop.records.presentation import Mark, change_rows, element_of, present_marks
from chedang.site.shop.records.proposals import propose


class ChangedMeanwhile(Exception):
    """Somebody else stored a version after this page was opened."""


@dataclass(frozen=True, slots=True)
class _Input:
    """One element in the form, with what was found in it and what would fit."""

    field: BoundField
    marks: list[Mark]
    proposals: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def correct(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The form, the page to check, and the deed. Sending the deed twice makes one version."""
    record = find_own(request, record_id)
    if record.state is RecordState.VOID:
        messages.error(request, _("这条记录已经作废，不能更正。"))
        return redirect("shop-record", record_id)
    if request.method != "POST":
        write_down(request, record, AuditAction.READ_OWN_RECORDS)
        return _form_page(request, record, CorrectForm(record.text, record.version, record.findings))
    given = request.POST.copy()
    step = given.get("step", "check")
    element, _colon, value = str(given.get("take", "")).partition(":")
    if value:
        given[element], step = value, "edit"
    form = CorrectForm(record.text, record.version, record.findings, given)
    if step == "edit":
        form = CorrectForm(record.text, record.version, record.findings)
        _put_back(form, given)
        return _form_page(request, record, form)
    if not form.is_valid():
        return _form_page(request, record, form, status=422)
    if step == "store":
        return _store(request, record, form)
    return _check(request, record, form)


def _put_back(form: CorrectForm, given: QueryDict) -> None:
    """What was typed, in a form that complains of nothing yet."""
    for name, field in form.fields.items():
        if name in given:
            field.initial = given[name]
            form.initial.pop(name, None)


def _check(request: HttpRequest, record: StoredVersion, form: CorrectForm) -> HttpResponse:
    """What the new text says and what the rules find in it, before anything is stored."""
    text = form.changes().over(record.text)
    if text == record.text:
        form.add_error(None, _("内容和现在的记录一样。请改正内容；没有错的，回到上一页写一句说明。"))
        return _form_page(request, record, form, status=422)
    findings = _judge(request, text)
    if faults := new_errors(record, findings):
        return _form_page(request, record, _with_faults(form, faults), status=422)
    context = {
        "record": record,
        "changes": change_rows(record.text, text),
        "reason": form.cleaned_data["reason"],
        "flags": describe_findings(findings, with_notes=False),
        "typed": [(name, form.data.get(name, "")) for name in form.fields],
    }
    return render(request, "shop/correct_check.html", context)


def _judge(request: HttpRequest, text: RecordText) -> tuple[Finding, ...]:
    judgement = judge(
        text, limits=limits_today(), registered_name=_registered_name(request), received_at=timezone.now()
    )
    return judgement.findings


def _registered_name(request: HttpRequest) -> str:
    with archive() as connection:
        enterprise = enterprises.find_by_code(connection, person(request).company_code)
    return enterprise.company_name if enterprise else ""


def _with_faults(form: CorrectForm, faults: tuple[Finding, ...]) -> CorrectForm:
    """The form with what the rules say against it, at the fields."""
    for finding, flag in ((each, describe_findings([each])[0]) for each in faults):
        form.add_error(element_of(finding) or None, f"{flag.text}{flag.hint}")
    return form


def _store(request: HttpRequest, record: StoredVersion, form: CorrectForm) -> HttpResponse:
    write_down(request, record, AuditAction.AMEND_RECORD)
    try:
        amended = amend(request, record, form)
    except ChangedMeanwhile:
        form.add_error(None, _("这条记录刚刚有了新的版本。下面是您填的内容，请对照现在的记录再核对一遍。"))
        form.data = form.data.copy()  # type: ignore[attr-defined]  # a QueryDict, as it came with the request
        form.data["version"] = str(record.version)  # type: ignore[index]  # the same
        return _form_page(request, record, form, status=409)
    except Refused as refused:
        refusal = refused.refusal
        if refusal.kind is RefusalKind.NOT_ACCEPTABLE:
            return _form_page(request, record, _with_faults(form, refusal.findings), status=422)
        form.add_error(
            "settlement_list_number" if refusal.kind is RefusalKind.CONFLICT else None,
            _("结算清单编号已用于另一条记录。")
            if refusal.kind is RefusalKind.CONFLICT
            else _("这条记录现在不能更正，请稍后再试。"),
        )
        return _form_page(request, record, form, status=409)
    messages.success(request, _("已更正，新的版本已保存；原来的内容留在历史里。"))
    return redirect("shop-record", UUID(amended.record_id_hex))


def amend(request: HttpRequest, record: StoredVersion, form: CorrectForm) -> RecordAmended:
    """Store the new version. Raises ChangedMeanwhile, intake's Refused, or the store's error with nothing done."""
    changes = form.changes()

    def change(current: StoredVersion) -> RecordText | None:
        text = changes.over(current.text)
        if text == current.text:
            return None
        if current.version != form.cleaned_data["version"]:
            raise ChangedMeanwhile
        return text

    correction = DeskCorrection(
        record_id_hex=record.record_id.hex,
        company_code=record.company_code,
        registered_name=_registered_name(request),
        actor=record.company_code,
        reason=form.cleaned_data["reason"],
    )
    with archive() as connection:
        return amend_at_desk(connection, correction, change, limits=limits_today(), now=timezone.now())


def _form_page(request: HttpRequest, record: StoredVersion, form: CorrectForm, *, status: int = 200) -> HttpResponse:
    marks: dict[str, list[Mark]] = {}
    for mark in present_marks(record, {}):
        marks.setdefault(mark.element, []).append(mark)
    proposals = propose(record.text, record.findings, _registered_name(request)) if form.faulty else {}

    def inputs(names: Sequence[str]) -> list[_Input]:
        return [_Input(form[name], marks.get(name, []), proposals.get(name, [])) for name in names]

    context: dict[str, Any] = {
        "record": record,
        "form": form,
        "faulty": inputs(form.faulty),
        "rest": inputs(form.rest),
        "is_rest_open": not form.faulty or any(form[name].errors for name in form.rest),
    }
    return render(request, "shop/correct.html", context, status=status)
