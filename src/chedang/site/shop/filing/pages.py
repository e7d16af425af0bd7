"""本店备案: what stands and since when, changes, the history. For who manages the shop."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.enterprises import amending, store
from chedang.enterprises.model import Enterprise, ReviewState, Source
from chedang.enterprises.store import Connection
from chedang.filing import changes
from chedang.filing.filing_model import FIELDS, FREE_FIELDS, KEY_FIELDS, FilingRefused, texts_of
from chedang.filing.history import By, steps_of
from chedang.filing.models.filings import FilingChange
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import enterprise_view
from chedang.site.guards import for_shop, person
from chedang.site.shop.filing.forms import LIVE, AttachmentForm, ElementsForm, choices_on
from chedang.site.shop.filing.presentation import (
    change_view,
    checklist_view,
    decision_due_on,
    paper_views,
    rows_of,
    step_views,
)
from chedang.site.shop.filing.wiring import acting


@require_safe
@for_shop()
def filing(request: HttpRequest) -> HttpResponse:
    """State, elements, papers, history."""
    return filing_page(request)


def filing_page(request: HttpRequest, *, form: AttachmentForm | None = None, status: int = 200) -> HttpResponse:
    """The page, with the form for papers as it came back."""
    code, now = person(request).company_code, timezone.now()
    with archive() as connection:
        shop = own_shop(connection, code)
    steps = steps_of(shop.company_code)
    newest = FilingChange.objects.filter(company_code=shop.company_code).order_by("-asked_at", "-pk").first()
    since = next((step.at for step in steps if step.kind in {"filed", "filed_again"}), shop.created_at)
    context: dict[str, Any] = {
        "enterprise": enterprise_view(shop),
        "rows": rows_of(shop, steps),
        "change": change_view(newest, now) if newest is not None else None,
        "decision_due_on": decision_due_on(since),
        "papers": paper_views(shop.company_code),
        "paper_form": form or AttachmentForm(),
        "checklist": checklist_view(shop.company_code, get_language() or ""),
        "steps": step_views(steps),
    }
    return render(request, "filing/filing.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def change(request: HttpRequest) -> HttpResponse:
    """Key fields wait for the officer, the others count at once; after 审核不成功 everything is filed again."""
    now = timezone.now()
    by = acting(person(request))
    with archive() as connection:
        shop = own_shop(connection, person(request).company_code)
        choices = choices_on(connection, now, division_code=shop.division_code)
        form = ElementsForm(request.POST if request.method == "POST" else None, choices=choices, initial=texts_of(shop))
        problem = ""
        if form.is_bound and form.is_valid():
            problem, is_done = _change(request, connection, shop, form, by)
            if is_done:
                return redirect("shop-filing")
    context = {
        "form": form,
        "enterprise": enterprise_view(shop),
        "key_fields": [form[name] for name in KEY_FIELDS],
        "free_fields": [form[name] for name in FREE_FIELDS],
        "waiting": changes.waiting_change(shop.company_code),
        "is_again": shop.review_state is ReviewState.REJECTED,
        "problem": problem,
        "live": LIVE,
    }
    return render(request, "filing/change.html", context, status=422 if form.errors or problem else 200)


def _change(
    request: HttpRequest, connection: Connection, shop: Enterprise, form: ElementsForm, by: By
) -> tuple[str, bool]:
    """A sentence about what is wrong, and whether it was done."""
    user, now, before = person(request), timezone.now(), texts_of(shop)
    texts = {name: text for name, text in form.texts().items() if text != before[name]}
    findings = amending.read_amended(connection, shop, texts, now=now)[1]
    form.show(findings, only=set(FIELDS) if shop.review_state is ReviewState.REJECTED else texts)
    if form.errors:
        return "", False
    record_event(
        user,
        AuditAction.ASK_FOR_CHANGE,
        Purpose.OWN_BUSINESS,
        now=now,
        object_id=shop.company_code,
        organisation=by.organisation,
    )
    try:
        if shop.review_state is ReviewState.REJECTED:
            changes.file_again(connection, shop.company_code, texts, by, now=now)
            messages.success(request, _("已重新提交，等主管部门审核。"))
        else:
            done = changes.change(connection, shop.company_code, texts, by, now=now)
            messages.success(request, _told(done))
    except FilingRefused as refused:
        return refused.sentence, False
    return "", True


def _told(done: changes.Changed) -> str:
    if done.waiting is None:
        return _("已修改，马上生效。")
    if not done.at_once:
        return _("变更申请已提交。审核前，原来的内容继续有效。")
    return _("联系方式已修改，马上生效；其余变更等审核，审核前原来的内容继续有效。")


@require_POST
@for_shop()
def withdraw(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Take the own request back."""
    user, now = person(request), timezone.now()
    record_event(user, AuditAction.ASK_FOR_CHANGE, Purpose.OWN_BUSINESS, now=now, object_id=str(change_id))
    with archive() as connection:
        shop = own_shop(connection, user.company_code)
    changes.withdraw(shop.company_code, change_id, acting(user), now=now)
    messages.success(request, _("变更申请已撤回，登记的内容没有变。"))
    return redirect("shop-filing")


def own_shop(connection: Connection, company_code: str) -> Enterprise:
    """The shop that a person stands for. Raises Http404 for an account that is of no shop of this node."""
    shop = store.find_by_code(connection, company_code)
    if shop is None or shop.source is Source.MAKER:
        raise Http404
    return shop
