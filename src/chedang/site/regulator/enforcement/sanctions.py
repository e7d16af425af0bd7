"""处罚台账 on officers' pages: list with filters and export, entry against the local range, corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.platform.chance import drawn_public_id
from chedang.platform.pdfs import MAX_PDF_BYTES
from chedang.platform.tables import Cell, Column, Kind
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.regulator.enforcement import words
from chedang.site.regulator.enforcement.common import DocumentHandler, actor, amounts, documents, status_of
from chedang.site.regulator.enforcement.forms import SanctionForm, TextForm
from chedang.site.regulator.enforcement.presentation import sanction_view, step_views
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.regulator.statistics.exports import register
from chedang.site.typed import seen_of, whole_number
from chedang.supervision import sanctions
from chedang.supervision.enforcement_model import SanctionDeed, SanctionKind, SanctionState
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.enforcement import CaseQuerySet, HandOver, Sanction
from chedang.supervision.sanction_items import load_items, range_for
from chedang.supervision.sanctions import NewSanction
from chedang.terms.dates import FIRST_YEAR, LAST_YEAR

_LISTED: Final = 50
_WITH_REASON: Final = (SanctionDeed.APPEAL, SanctionDeed.UPHOLD, SanctionDeed.WITHDRAW)
_COLUMNS: Final = (
    Column("决定书文号", Kind.TEXT, 24),
    Column("企业", Kind.TEXT, 30),
    Column("维修企业编码", Kind.TEXT, 16),
    Column("行政区划代码", Kind.TEXT, 12),
    Column("机关", Kind.TEXT, 30),
    Column("事项", Kind.TEXT, 40),
    Column("种类", Kind.TEXT, 12),
    Column("状态", Kind.TEXT, 12),
    Column("决定日期", Kind.DAY, 12),
    Column("金额（元）", Kind.POINTS, 12),
    Column("缴清日期", Kind.DAY, 12),
)


@require_safe
@for_roles(Role.REGULATOR)
def list_sanctions(request: HttpRequest) -> HttpResponse:
    """The ledger of the division, filtered; the same filters are behind the export."""
    officer = person(request)
    found = _filtered(officer, request.GET.dict())
    page = Paginator(found.order_by("-decided_on", "-pk"), _LISTED).get_page(request.GET.get("page"))
    filters = {name: request.GET.get(name, "") for name in ("item", "kind", "state", "shop", "year")}
    context = {
        "division": division_name(officer.division_code),
        "page": page,
        "rows": [sanction_view(row) for row in page],
        "items": load_items().values(),
        "checks": [(item, words.CHECKS[item.check]) for item in load_items().values() if item.eight],
        "kinds": words.SANCTION_KINDS.items(),
        "states": [(key, told[2]) for key, told in words.SANCTION_STATES.items()],
        "filters": filters,
        "query": "".join(f"&{name}={value}" for name, value in filters.items() if value.isalnum() or "_" in value),
    }
    return render(request, "enforcement/sanctions.html", context)


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a decision against one shop; ``?shop=`` names it, ``?handover=`` what it follows from."""
    handler = DocumentHandler(request)
    request.upload_handlers = [handler]
    return _enter(request, handler)


@csrf_protect
def _enter(request: HttpRequest, handler: DocumentHandler) -> HttpResponse:
    officer, now = person(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    shop = enterprise_in_scope(officer, given.get("shop", ""))
    name = drawn_public_id(given.get("name", ""))
    hand_over = (
        HandOver.objects.in_scope(officer)
        .filter(public_id=given.get("handover", "").replace("\0", ""), company_code=shop.company_code)
        .first()
    )
    initial = {"decided_on": timezone.localdate(now), "item": hand_over.item if hand_over else ""}
    form = SanctionForm(request.POST if request.method == "POST" else None, initial=initial)
    problem, status = "", 422
    if handler.is_too_much:
        problem = _("决定书超过 %(most)d MB，没有登记。请换一个小一些的 PDF。") % {"most": MAX_PDF_BYTES // 1024**2}
    elif request.method == "POST" and form.is_valid():
        document = request.FILES.get("document")
        try:
            made = sanctions.enter(
                name,
                _new(form),
                actor(request),
                company_code=shop.company_code,
                company_name=shop.company_name,
                division_code=shop.division_code,
                documents=documents(),
                document=document.read() if document else None,
                hand_over=hand_over,
                amounts=amounts(),
                now=now,
            )
        except NotAllowed as fault:
            problem, status = fault.sentence, status_of(fault)
        else:
            messages.success(request, _("已登记，企业登录后会看到。"))
            return redirect("officer-sanction", made.public_id)
    context = {
        "form": form,
        "shop": shop,
        "name": name,
        "hand_over": hand_over,
        "ranges": _ranges(shop.division_code, timezone.localdate(now)),
        "problem": problem,
    }
    is_wrong = problem or form.errors
    return render(request, "enforcement/sanction_new.html", context, status=status if is_wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_sanction(request: HttpRequest, public_id: str) -> HttpResponse:
    """One row with its history; what happened to it is sent here."""
    officer = person(request)
    row = get_object_or_404(Sanction.objects.in_scope(officer), public_id=public_id)
    given = request.POST.get("deed", "") if request.method == "POST" else ""
    deed = SanctionDeed(given) if given in set(SanctionDeed) else None
    form = SanctionForm(
        request.POST if deed is SanctionDeed.CORRECT else None,
        auto_id="correct_%s",
        initial={name: getattr(row, name) for name in SanctionForm.base_fields},
    )
    why = TextForm(request.POST if deed is SanctionDeed.CORRECT else None, auto_id="why_%s")
    reasons = {
        each.value: TextForm(request.POST if deed is each else None, auto_id=f"{each}_%s") for each in _WITH_REASON
    }
    problem, status = "", 422
    if request.method == "POST":
        try:
            if _decide(request, public_id, deed, (form, why, reasons)):
                messages.success(request, _("已办理。"))
                return redirect("officer-sanction", public_id)
        except NotAllowed as fault:
            problem, status = fault.sentence, status_of(fault)
            row.refresh_from_db()
    context = {
        "view": sanction_view(row),
        "steps": step_views(row.steps.all(), words.SANCTION_DEEDS),
        "form": form,
        "why": why,
        "reasons": reasons,
        "may": {each.value: sanctions.may(row, each, officer) for each in SanctionDeed},
        "may_decide": sanctions.may_decide(row, officer),
        "problem": problem,
    }
    is_wrong = problem or form.errors or why.errors or any(each.errors for each in reasons.values())
    return render(request, "enforcement/sanction.html", context, status=status if is_wrong else 200)


@require_safe
@for_roles(Role.REGULATOR)
def document(request: HttpRequest, public_id: str) -> HttpResponse:
    """The decision as PDF, handed down, never opened within the site; the look is written down."""
    officer = person(request)
    row = get_object_or_404(Sanction.objects.in_scope(officer), public_id=public_id)
    return document_of(request, row, Purpose.ENFORCEMENT)


def document_of(request: HttpRequest, row: Sanction, purpose: Purpose) -> HttpResponse:
    """The PDF of a row that the reader may see. Raises Http404."""
    if row.file_id is None:
        raise Http404
    record_event(
        person(request),
        AuditAction.READ_SUPERVISION_EVIDENCE,
        purpose,
        now=timezone.now(),
        object_id=row.public_id,
        organisation=actor(request).organisation,
    )
    content = documents().read(row)
    if content is None:
        raise Http404
    headers = {
        "Content-Disposition": f'attachment; filename="{row.public_id}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _decide(
    request: HttpRequest,
    public_id: str,
    deed: SanctionDeed | None,
    forms: tuple[SanctionForm, TextForm, dict[str, TextForm]],
) -> bool:
    """Do what was decided; False when a form has to be mended. Raises NotAllowed."""
    form, why, reasons = forms
    by, seen, now = actor(request), seen_of(request), timezone.now()
    if deed is SanctionDeed.CORRECT:
        if not (form.is_valid() and why.is_valid()):
            return False
        text = why.cleaned_data["text"]
        sanctions.correct(public_id, _new(form), by, text, seen=seen, amounts=amounts(), now=now)
        return True
    if deed is None:
        raise NotAllowed(_("没有这个操作。"))
    reason = reasons.get(str(deed))
    if reason is not None and not reason.is_valid():
        return False
    sanctions.decide(public_id, deed, by, reason.cleaned_data["text"] if reason else "", seen=seen, now=now)
    return True


def _new(form: SanctionForm) -> NewSanction:
    given = form.cleaned_data
    return NewSanction(
        item=given["item"],
        kind=given["kind"],
        decision_number=given["decision_number"],
        decided_on=given["decided_on"],
        amount_yuan=given["amount_yuan"],
        vehicles=given["vehicles"],
        gains_yuan=given["gains_yuan"],
        outside_reason=given["outside_reason"],
    )


def _ranges(division_code: str, on: date) -> list[tuple[str, Any]]:
    """What the shop's place may fine today, by name of the item."""
    found = [(item.name, range_for(key, division_code, on, amounts=amounts())) for key, item in load_items().items()]
    return [(name, each) for name, each in found if each is not None]


def _filtered(officer: User, params: Mapping[str, str]) -> CaseQuerySet:
    found = Sanction.objects.in_scope(officer)
    for name in ("item", "kind", "state"):
        if params.get(name):
            found = found.filter(**{name: params[name]})
    if params.get("shop"):
        found = found.filter(company_code=params["shop"])
    year = whole_number(params.get("year"), 0)
    return found.filter(decided_on__year=year) if FIRST_YEAR <= year <= LAST_YEAR else found


def _exported(officer: User, params: Mapping[str, str]) -> Iterator[Sequence[Cell]]:
    for row in _filtered(officer, params).order_by("-decided_on", "-pk").iterator(chunk_size=1000):
        yield (
            row.decision_number, row.company_name, row.company_code, row.division_code, row.authority, row.item_words,
            str(words.SANCTION_KINDS[SanctionKind(row.kind)]), str(words.SANCTION_STATES[SanctionState(row.state)][2]),
            row.decided_on, row.amount_yuan, row.paid_on,
        )  # fmt: skip


register(
    "sanctions",
    gettext_lazy("处罚台账"),
    _COLUMNS,
    _exported,
    count=lambda officer, params: _filtered(officer, params).count(),
    notes=lambda _officer, _params: [("金额", "元；没有金额的种类留空。"), ("状态", "已撤销的也在表中。")],
)
