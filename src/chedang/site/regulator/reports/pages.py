"""半年报告: begin, read, change its texts, refresh its figures, issue; and where a figure comes from."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.model import AuditAction, Role
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.reports.counting import count_now
from chedang.site.regulator.reports.presentation import blocks_of, half_name, report_view, state_view, trace_view
from chedang.site.typed import whole_number
from chedang.site.written import write_down
from chedang.supervision import reports
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.reports import HalfYearReport
from chedang.supervision.report_template import MOST_TEXT, load_template, stands_in_text
from chedang.terms.dates import day_in_china

_LISTED: Final = 100
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def list_reports(request: HttpRequest) -> HttpResponse:
    """Reports of the own division and issued ones below; a POST begins one."""
    officer, now = person(request), timezone.now()
    problem = ""
    choices = reports.halves(day_in_china(now))
    if request.method == "POST":
        chosen = next((each for each in choices if f"{each[0]}-{each[1]}" == request.POST.get("half")), None)
        if chosen is None:
            problem = _("请选择要编的半年。")
        else:
            write_down(officer, AuditAction.FREEZE_SNAPSHOT, officer.division_code, after={"half": half_name(*chosen)})
            counted = count_now(officer.division_code, *chosen, now=now)
            try:
                report = reports.begin(officer, *chosen, counted, authority=organisation_of(officer), now=now)
            except NotAllowed as fault:
                problem = fault.sentence
            else:
                return redirect("officer-report", report.public_id)
    found = HalfYearReport.objects.in_scope(officer).select_related("snapshot")
    found = found.defer("snapshot__content", "league", "names")
    found = found.order_by("-year", "-half", "division_code", "-edition")
    below = found.exclude(division_code=officer.division_code)
    page = Paginator(below, _LISTED).get_page(request.GET.get("page"))
    context = {
        "division": division_name(officer.division_code),
        "problem": problem,
        "choices": [(f"{year}-{half}", half_name(year, half)) for year, half in choices],
        "own": [report_view(report) for report in found.filter(division_code=officer.division_code)],
        "below": [report_view(report) for report in page],
        "page": page,
    }
    return render(request, "reports/list.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_report(request: HttpRequest, public_id: str) -> HttpResponse:
    """One report; refreshing and issuing are sent here."""
    report = _find(request, public_id)
    problem, status = "", 200
    if request.method == "POST":
        try:
            return _act(request, report)
        except NotAllowed as fault:
            problem, status = fault.sentence, 409 if isinstance(fault, Overtaken) else 422
            report.refresh_from_db()
    return _page(request, report, problem=problem, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def write_text(request: HttpRequest, public_id: str, key: str) -> HttpResponse:
    """Change one text block of the own division's draft."""
    report, officer = _find(request, public_id), person(request)
    part = load_template().texts.get(key)
    if part is None or report.division_code != officer.division_code:
        raise Http404
    block = report.texts.filter(key=key).first()
    typed, problem, status = block.text if block else part.text, "", 200
    if request.method == "POST":
        typed = request.POST.get("text", "")
        try:
            _write(request, report, key, typed)
        except NotAllowed as fault:
            problem, status = fault.sentence, 409 if isinstance(fault, Overtaken) else 422
        else:
            messages.success(request, _("已保存。更新数据时这段文字不变。"))
            return redirect(f"{_address(report)}#{key}")
    context = {
        "report": report_view(report),
        "part": part,
        "typed": typed,
        "present": block.text if block and problem else "",
        "revision": block.revision if block else 0,
        "problem": problem,
        "most": MOST_TEXT,
        "names": [source.name for source in load_template().sources if stands_in_text(source)],
    }
    return render(request, "reports/text.html", context, status=status)


@require_safe
@for_roles(Role.REGULATOR)
def trace(request: HttpRequest, public_id: str, ref: str) -> HttpResponse:
    """Where one figure comes from: snapshot, place, counts, formula, query; ``?now`` counts it once more."""
    report = _find(request, public_id)
    document = reports.document_of(report)
    figure = document.figures().get(ref)
    if figure is None:
        raise Http404
    again = (
        count_now(report.division_code, report.year, report.half, now=timezone.now()) if "now" in request.GET else None
    )
    context = {"report": report_view(report), "trace": trace_view(report, document, figure, again)}
    return render(request, "reports/figure.html", context)


@require_safe
@for_roles(Role.REGULATOR)
def print_report(request: HttpRequest, public_id: str) -> HttpResponse:
    """The report alone, for paper."""
    report = _find(request, public_id)
    return render(request, "reports/print.html", {"document": reports.document_of(report), "report": report})


@require_safe
@for_roles(Role.REGULATOR)
def word(request: HttpRequest, public_id: str) -> HttpResponse:
    """The report as .docx."""
    report = _find(request, public_id)
    write_down(person(request), AuditAction.EXPORT_TABLE, report.public_id)
    document = reports.document_of(report)
    answer = HttpResponse(reports.word_of(report), content_type=_WORD)
    name = f"{document.title}_{report.year}{'上' if report.half == 1 else '下'}.docx"
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


@require_safe
@for_roles(Role.REGULATOR)
def snapshot(request: HttpRequest, public_id: str) -> HttpResponse:
    """The frozen figures as JSON: the very bytes of the digest that the report names."""
    report = _find(request, public_id)
    write_down(person(request), AuditAction.EXPORT_TABLE, f"{report.public_id}/snapshot")
    answer = HttpResponse(report.snapshot.content.encode(), content_type="application/json")
    name = f"snapshot-{report.snapshot.public_id}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(request: HttpRequest, report: HalfYearReport, *, problem: str, status: int) -> HttpResponse:
    document = reports.document_of(report)
    context: dict[str, Any] = {
        "report": report_view(report),
        "document": document,
        "blocks": blocks_of(report),
        "may_change": report.is_draft and report.division_code == person(request).division_code,
        "issuable_from": reports.issuable_from(report.year, report.half),
        "is_early": reports.issuable_from(report.year, report.half) > day_in_china(timezone.now()),
        "blank": reports.blank_texts(report),
        "state": state_view(report),
        "steps": report.steps.select_related("actor").order_by("-pk")[:20],
        "problem": problem,
    }
    return render(request, "reports/read.html", context, status=status)


def _act(request: HttpRequest, report: HalfYearReport) -> HttpResponse:
    officer, now = person(request), timezone.now()
    if report.division_code != officer.division_code:
        raise Http404
    deed = request.POST.get("deed")
    if deed == "refresh":
        write_down(officer, AuditAction.FREEZE_SNAPSHOT, report.public_id, before={"digest": report.snapshot.digest})
        counted = count_now(report.division_code, report.year, report.half, now=timezone.now())
        refreshed = reports.refresh(report.public_id, officer, counted, now=now)
        is_same = refreshed.revision == report.revision
        messages.success(request, _("数据没有变化。") if is_same else _("数据已更新，文字没有改动。"))
    elif deed == "issue":
        write_down(
            officer,
            AuditAction.ISSUE_REPORT,
            report.public_id,
            before={"state": report.state},
            after={"state": "issued"},
        )
        reports.issue(
            report.public_id,
            officer,
            revision=whole_number(request.POST.get("revision"), -1),
            now=now,
        )
        messages.success(request, _("报告已印发，不再改动。"))
    return redirect("officer-report", report.public_id)


def _write(request: HttpRequest, report: HalfYearReport, key: str, typed: str) -> None:
    write_down(person(request), AuditAction.WRITE_REPORT, report.public_id, after={"block": key})
    reports.write(
        report.public_id,
        key,
        typed,
        person(request),
        revision=whole_number(request.POST.get("revision"), -1),
        now=timezone.now(),
    )


def _find(request: HttpRequest, public_id: str) -> HalfYearReport:
    in_scope = HalfYearReport.objects.in_scope(person(request)).select_related("snapshot")
    return get_object_or_404(in_scope, public_id=public_id)


def _address(report: HalfYearReport) -> str:
    return reverse("officer-report", args=[report.public_id])
