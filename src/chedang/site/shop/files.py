"""上传文件 on a shop's own pages: choose one, see how far it is, read what is to be mended, fetch the answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.enterprises import store as enterprises
from chedang.enterprises.model import ReviewState
from chedang.intake import batches
from chedang.intake.files.carrying import results_of
from chedang.intake.files.keeping import KEPT, KeptState, TooManyFiles
from chedang.intake.files.model import MAX_FILE_BYTES, FileFormat
from chedang.intake.files.templates import write_template
from chedang.intake.files.verdicts import Fate, JobResult, make_notes, result_of
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.maker_view import channel_view
from chedang.site.shop.reading import keeper, make_answer, start_reading
from chedang.site.shop.upload_handler import BoundedMemoryHandler
from chedang.terms.text import tidy

_SHORT_WAIT_SECONDS = 2.0
"""How long the request waits for the file to be read, so that small files need no second look."""
_REST_OF_FORM_BYTES = 64 * 1024
_TOO_LARGE = gettext_lazy("文件超过 16 MB，请拆成几个文件分别上传。")
_LISTED_ROWS = 100
_LONGEST_NAME = 100
_CONTENT_TYPES = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.CSV: "text/csv",
}


class FileForm(forms.Form):
    """One file of jobs."""

    file = forms.FileField(
        label=gettext_lazy("选择文件"),
        help_text=gettext_lazy("xlsx、csv、json 或 ndjson，最多 10,000 行、16 MB。"),
        error_messages={"required": gettext_lazy("请选择一个文件。"), "empty": gettext_lazy("这个文件是空的。")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.json,.ndjson,.jsonl"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(_TOO_LARGE)
        return file


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the file that somebody should look at."""

    row: int
    result: str
    reason: str
    tone: str
    sign: str


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file, and the files of the last hours."""
    request.upload_handlers = [BoundedMemoryHandler(request)]
    return _upload(request)


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    company_code = person(request).company_code
    with archive() as connection:
        enterprise = enterprises.find_by_code(connection, company_code)
        channel = channel_view(connection, company_code)
    if enterprise is None:
        raise Http404
    is_rejected = enterprise.review_state is ReviewState.REJECTED
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and _is_too_long(request):
        form.add_error("file", _TOO_LARGE)
    elif request.method == "POST" and not is_rejected and not channel.is_head_office and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            return _take(request, company_code, file.read(), file.name or "")
        except TooManyFiles:
            form.add_error("file", _("前面的文件还没有读完，请稍后再上传。"))
    context = {
        "form": form,
        "company_name": enterprise.company_name,
        "is_rejected": is_rejected,
        "channel": channel,
        "files": keeper().list_of(company_code, timezone.now()),
        "kept_hours": int(KEPT.total_seconds() // 3600),
    }
    return render(request, "shop/files.html", context, status=422 if form.errors else 200)


def _is_too_long(request: HttpRequest) -> bool:
    """Whether the request says that its file is larger than what was kept of it."""
    length = request.headers.get("Content-Length", "")
    return length.isdecimal() and int(length) > MAX_FILE_BYTES + _REST_OF_FORM_BYTES


def _take(request: HttpRequest, company_code: str, content: bytes, name: str) -> HttpResponse:
    shop, now = person(request), timezone.now()
    name = tidy(PurePath(name).name)[-_LONGEST_NAME:] or "upload"
    kept = keeper()
    kept.remove_old(now)
    file_id = kept.add(company_code, content, name=name, uploaded_by=shop.username, now=now)
    record_event(shop, AuditAction.UPLOAD_FILE, Purpose.OWN_BUSINESS, now=now, object_id=str(file_id))
    start_reading(company_code, file_id).join(_SHORT_WAIT_SECONDS)
    return redirect("shop-file", file_id)


@require_safe
@never_cache
@for_shop(ShopPost.CLERK)
def read(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """How one file fares; htmx asks for the changing part alone."""
    shop = person(request)
    state = _find(shop.company_code, file_id)
    record_event(
        shop, AuditAction.READ_OWN_RECORDS, Purpose.OWN_BUSINESS, now=timezone.now(), object_id=shop.company_code
    )
    if not state.is_read:
        start_reading(shop.company_code, file_id)
    context = {"file_id": file_id, "state": state, "until": state.received_at + KEPT, **_describe(state)}
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "shop/file_state.html" if is_part else "shop/file.html", context)


@require_safe
@never_cache
@for_shop(ShopPost.CLERK)
def answer(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """The same file with two columns more."""
    shop = person(request)
    state = _find(shop.company_code, file_id)
    record_event(
        shop, AuditAction.READ_OWN_RECORDS, Purpose.OWN_BUSINESS, now=timezone.now(), object_id=shop.company_code
    )
    try:
        content = make_answer(shop.company_code, file_id)
    except TimeoutError:
        context = {"file_id": file_id, "name": state.name}
        response = render(request, "shop/file_busy.html", context, status=503)
        response["Retry-After"] = "20"
        return response
    if content is None:
        raise Http404
    path = PurePath(state.name)
    return _download(content, f"{path.stem}-上传结果{path.suffix}", "application/octet-stream")


@require_safe
@for_shop(ShopPost.CLERK)
def template(_request: HttpRequest, ending: str) -> HttpResponse:
    """An empty table to fill in."""
    file_format = FileFormat(ending)
    return _download(write_template(file_format), f"维修记录模板.{ending}", _CONTENT_TYPES[file_format])


def _find(company_code: str, file_id: UUID) -> KeptState:
    """The state of a file of this shop; anybody else's, an old one and none at all are the same: not there."""
    state = keeper().state(company_code, file_id, timezone.now())
    if state is None:
        raise Http404
    return state


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})


def _describe(state: KeptState) -> dict[str, Any]:
    """Counts and rows to look at, as far as the batch is."""
    if not state.is_read or state.problem:
        return {"is_done": state.is_read}
    with archive() as connection:
        batch = batches.read_batch(connection, state.batch_id) if state.batch_id else None
        is_done = batch is None or batch.state is batches.BatchState.DONE
        results = results_of(connection, state) if is_done else {}
    spoilt = sum(bool(job.findings) for job in state.jobs)
    described: dict[str, Any] = {
        "is_done": is_done,
        "jobs": len(state.jobs),
        "answered": spoilt + (batch.done if batch else 0),
    }
    return described | _describe_results(state, results) if is_done else described


def _describe_results(state: KeptState, results: dict[int, JobResult]) -> dict[str, Any]:
    all_results = [result_of(job, results.get(place)) for place, job in enumerate(state.jobs)]
    notes = make_notes(state.jobs, results)
    lines = [
        _Line(row, notes[row].result, notes[row].reason, *_tone(result))
        for job, result in zip(state.jobs, all_results, strict=True)
        if result.needs_care
        for row in job.rows
        if notes[row].reason
    ]
    lines.sort(key=lambda line: (line.tone != "wrong-tone", line.row))
    return {
        "stored": sum(result.fate.is_stored for result in all_results),
        "to_check": sum(result.fate.is_stored and result.needs_care for result in all_results),
        "refused": sum(result.fate is Fate.REFUSED for result in all_results),
        "lines": lines[:_LISTED_ROWS],
        "unlisted": max(len(lines) - _LISTED_ROWS, 0),
    }


def _tone(result: JobResult) -> tuple[str, str]:
    return ("wrong-tone", "✕") if result.fate is Fate.REFUSED else ("doubt", "!")
