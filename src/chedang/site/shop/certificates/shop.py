"""A shop's pages: numbers it has, records that need a paper, the papers it issued."""

from __future__ import annotations

import csv
import io
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.access.models import User
from chedang.enterprises import store as enterprises
from chedang.intake.files.csvs import guard
from chedang.records import store as records
from chedang.records.model import RecordState, StoredVersion
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of
from chedang.site.settings import NODE
from chedang.site.shop.certificates.forms import AskForm, IssueForm, ReasonForm
from chedang.site.shop.certificates.presentation import paper_view, record_view
from chedang.site.shop.certificates.words import REFUSALS
from chedang.workshop import completion
from chedang.workshop.completion_model import NotAllowed, kind_of
from chedang.workshop.completion_pdf import completion_pdf
from chedang.workshop.models import CompletionCertificate, NumberGrant

_LOOKED_AT: Final = 300
"""Newest records among which those without a paper are looked for."""
_LISTED: Final = 20
_ASKED: Final = 5
_DAY: Final = "%Y-%m-%d"


@require_safe
@for_shop(ShopPost.CLERK)
def register(request: HttpRequest) -> HttpResponse:
    """Numbers left, records that need a paper, the papers issued, newest first."""
    return _register(request, AskForm())


@require_POST
@for_shop(ShopPost.CLERK)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the county for numbers."""
    shop, now = person(request), timezone.now()
    form = AskForm(request.POST)
    if not form.is_valid():
        return _register(request, form, status=422)
    with archive() as connection:
        enterprise = enterprises.find_by_code(connection, shop.company_code)
    if enterprise is None:
        raise Http404
    _write_down(shop, AuditAction.ASK_FOR_NUMBERS, str(form.cleaned_data["count"]))
    try:
        completion.ask_for_numbers(
            shop, enterprise.division_code, form.cleaned_data["count"], form.cleaned_data["why"], now=now
        )
    except NotAllowed as fault:
        form.add_error(None, REFUSALS[fault.why])
        return _register(request, form, status=409)
    messages.success(request, _("已申领，主管机关发放后编号就能用。"))
    return redirect("shop-certificates")


@require_POST
@for_shop(ShopPost.CLERK)
def withdraw(request: HttpRequest, grant_id: int) -> HttpResponse:
    """Take a request back that nobody has decided."""
    shop = person(request)
    get_object_or_404(NumberGrant, pk=grant_id, company_code=shop.company_code)
    try:
        completion.withdraw(grant_id, shop, now=timezone.now())
    except NotAllowed as fault:
        messages.error(request, str(REFUSALS[fault.why]))
    else:
        messages.success(request, _("申领已撤回。"))
    return redirect("shop-certificates")


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def issue(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """The form of a record of this shop; another's and none at all are the same: not there."""
    shop, now = person(request), timezone.now()
    with archive() as connection:
        record = records.find_record(connection, record_id)
        enterprise = enterprises.find_by_code(connection, shop.company_code)
    if record is None or enterprise is None or record.company_code != shop.company_code:
        raise Http404
    form = IssueForm(record, request.POST if request.method == "POST" else None)
    if form.is_valid():
        _write_down(shop, AuditAction.ISSUE_COMPLETION_CERTIFICATE, record_id.hex, vin=record.vin)
        try:
            made = completion.issue(shop, enterprise, record, form.inspection(), now=now)
        except NotAllowed as fault:
            form.add_error(None, REFUSALS[fault.why])
        else:
            messages.success(request, _("合格证已签发，请打印盖章后交给送修人。"))
            return redirect("shop-certificate", made.number)
    else:
        _write_down(shop, AuditAction.READ_OWN_RECORDS, record_id.hex, vin=record.vin)
    context = {
        "form": form,
        "record": record_view(record),
        "left": completion.numbers_left(shop.company_code),
        "issued": next(iter(completion.of_records([record_id])), None),
    }
    return render(request, "completion/issue.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def read(request: HttpRequest, number: str) -> HttpResponse:
    """One paper; it is cancelled here."""
    shop, paper = person(request), _own(request, number)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        _write_down(shop, AuditAction.CANCEL_COMPLETION_CERTIFICATE, paper.number)
        try:
            completion.cancel(paper.number, shop, form.cleaned_data["reason"], now=timezone.now())
        except NotAllowed as fault:
            messages.error(request, str(REFUSALS[fault.why]))
        else:
            messages.success(request, _("合格证已作废，编号不再使用。"))
        return redirect("shop-certificate", paper.number)
    _write_down(shop, AuditAction.READ_OWN_RECORDS, paper.number, vin=completion.read_content(paper).vin)
    context = {"paper": paper_view(paper), "form": form}
    return render(request, "completion/paper.html", context, status=422 if form.errors else 200)


@require_safe
@for_shop(ShopPost.CLERK)
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The paper to print."""
    paper = _own(request, number)
    _write_down(person(request), AuditAction.READ_OWN_RECORDS, paper.number, vin=completion.read_content(paper).vin)
    answer = HttpResponse(completion_pdf(paper, site_address=NODE.site_address), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{paper.number}.pdf"'
    return answer


@require_safe
@for_shop(ShopPost.CLERK)
def register_csv(request: HttpRequest) -> HttpResponse:
    """使用登记: every paper of the shop, as a table."""
    shop = person(request)
    _write_down(shop, AuditAction.READ_OWN_RECORDS, shop.company_code)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            "编号",
            "维修类别",
            "车牌号码",
            "车架号",
            "结算清单编号",
            "结算日期",
            "质量检验员",
            "签发日期",
            "作废日期",
            "作废原因",
        ]
    )
    for paper in CompletionCertificate.objects.filter(company_code=shop.company_code).order_by("pk").iterator():
        writer.writerow([guard(cell) for cell in _row(paper)])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="completion-certificates.csv"'
    return answer


def _row(paper: CompletionCertificate) -> list[str]:
    view, content = paper_view(paper), completion.read_content(paper)
    ended = paper.cancelled_at
    return [
        paper.number,
        str(view["kind"]),
        content.plate_number,
        content.vin,
        content.settlement_list_number,
        content.settled_on.strftime(_DAY),
        content.inspector,
        content.issued_on.strftime(_DAY),
        timezone.localtime(ended).strftime(_DAY) if ended else "",
        paper.cancelled_why,
    ]


def _register(request: HttpRequest, form: AskForm, status: int = 200) -> HttpResponse:
    shop = person(request)
    _write_down(shop, AuditAction.READ_OWN_RECORDS, shop.company_code)
    issued = CompletionCertificate.objects.filter(company_code=shop.company_code).order_by("-issued_at", "-pk")
    page = Paginator(issued, _LISTED).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "left": completion.numbers_left(shop.company_code),
        "needing": [record_view(record) for record in _needing(shop)],
        "papers": [paper_view(paper) for paper in page],
        "page": page,
        "grants": NumberGrant.objects.filter(company_code=shop.company_code).order_by("-asked_at", "-pk")[:_ASKED],
        "form": form,
    }
    return render(request, "completion/register.html", context, status=status)


def _needing(shop: User) -> list[StoredVersion]:
    with archive() as connection:
        newest = records.read_company_records(connection, shop.company_code, limit=_LOOKED_AT)
    due = [each for each in newest if each.state is RecordState.ACTIVE and each.settled_on and kind_of(each.text)]
    return completion.without_paper(due)


def _own(request: HttpRequest, number: str) -> CompletionCertificate:
    return get_object_or_404(CompletionCertificate, number=number, company_code=person(request).company_code)


def _write_down(shop: User, action: AuditAction, object_id: str, *, vin: str = "") -> None:
    record_event(
        shop,
        action,
        Purpose.OWN_BUSINESS,
        now=timezone.now(),
        vin=vin,
        object_id=object_id,
        organisation=organisation_of(shop),
    )
