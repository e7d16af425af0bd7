"""导出: an officer asks for a table as a file, sees how far it is, and fetches it within a day."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.model import AuditAction, Role
from chedang.access.models import User
from chedang.platform.tables import CONTENT_TYPES
from chedang.site.guards import for_roles, person
from chedang.site.regulator.statistics.exports import ExportRefused, Params, find_export, registered
from chedang.site.regulator.statistics.keeping import KEPT, MOST_UNFINISHED, ExportState, TooManyExports
from chedang.site.regulator.statistics.making import export_files, start_making, write_table
from chedang.site.written import write_down

_MOST_PARAMS: Final = 20
_LONGEST_PARAM: Final = 100
_NOT_PARAMS: Final = {"csrfmiddlewaretoken", "table", "ending"}
_TYPED: Final = "name"
"""The one parameter that holds what somebody typed; it stays out of the audit trail."""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_roles(Role.REGULATOR)
def list_exports(request: HttpRequest) -> HttpResponse:
    """The officer's files of the day; a POST asks for another."""
    officer, problem, status = person(request), "", 200
    if request.method == "POST":
        try:
            return redirect("officer-export", _ask(officer, request.POST))
        except ExportRefused as fault:
            problem, status = str(fault), 422
        except TooManyExports:
            problem, status = _("前面两份还没有做完，请做完后再导出。"), 409
    context = {
        "problem": problem,
        "files": [
            (export_id, state)
            for export_id, state in export_files().list_of(officer.pk, timezone.now())
            if _may_have(officer, state)
        ],
        "tables": [(export.key, export.title) for export in registered().values()],
        "kept_hours": int(KEPT.total_seconds() // 3600),
        "at_once": MOST_UNFINISHED,
    }
    return render(request, "statistics/exports.html", context, status=status)


@require_safe
@never_cache
@for_roles(Role.REGULATOR)
def read_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far one file is; htmx asks for the changing part alone. One that was cut off is begun again."""
    officer = person(request)
    state = _find(officer, public_id)
    if not state.is_finished:
        start_making(officer.pk, public_id)
    context = {"export_id": public_id, "state": state, "title": (find_export(state.key) or state).title}
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "statistics/_export_state.html" if is_part else "statistics/export.html", context)


@require_safe
@never_cache
@for_roles(Role.REGULATOR)
def fetch_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The file."""
    officer = person(request)
    state = _find(officer, public_id)
    content = export_files().content(officer.pk, public_id, timezone.now())
    if content is None:
        messages.info(request, _("这份文件还没有做好。"))
        return redirect("officer-export", public_id)
    _write_down(officer, state.key, state.params)
    return _download(content, state.name, state.ending)


@require_safe
@never_cache
@for_roles(Role.REGULATOR)
def fetch_now(request: HttpRequest, table: str, ending: str) -> HttpResponse:
    """A small table at once: what the page shows, in the order that it shows. Raises Http404 for one that is long."""
    officer, export = person(request), find_export(table)
    if export is None or not export.is_small:
        raise Http404
    try:
        state = _wish(officer, table, ending, request.GET.dict())
    except ExportRefused:
        raise Http404 from None
    _write_down(officer, table, state.params)
    with TemporaryDirectory(prefix="chedang-table-") as folder:
        path = Path(folder) / "table"
        write_table(export, officer, state, path)
        return _download(path.read_bytes(), state.name, ending)


def _ask(officer: User, given: QueryDict) -> UUID:
    """Write a wish down and have it made. Raises ExportRefused, TooManyExports, Http404."""
    params = {key: str(given[key]) for key in given if key not in _NOT_PARAMS}
    state = _wish(officer, given.get("table", ""), given.get("ending", ""), params)
    files = export_files()
    files.remove_old(state.asked_at)
    export_id = files.add(officer.pk, state)
    _write_down(officer, state.key, state.params)
    start_making(officer.pk, export_id)
    return export_id


def _wish(officer: User, table: str, ending: str, params: Params) -> ExportState:
    export = find_export(table)
    is_too_much = len(params) > _MOST_PARAMS or any(
        len(part) > _LONGEST_PARAM for pair in params.items() for part in pair
    )
    if export is None or ending not in CONTENT_TYPES or is_too_much:
        raise ExportRefused(_("没有这样的表，请重新选择。"))
    return ExportState(
        key=table,
        title=str(export.title),
        params=dict(export.check(officer, params)),
        ending=ending,
        language=get_language() or "zh-hans",
        asked_at=timezone.now(),
        division_code=officer.division_code,
    )


def _find(officer: User, public_id: UUID) -> ExportState:
    """The state of a file of this officer; anybody else's, an old one and none at all are the same: not there."""
    state = export_files().state(officer.pk, public_id, timezone.now())
    if state is None or not _may_have(officer, state):
        raise Http404
    return state


def _may_have(officer: User, state: ExportState) -> bool:
    """Whether the officer still answers for the division in whose name the file was asked for."""
    return state.division_code in {None, officer.division_code}


def _write_down(officer: User, table: str, params: Params) -> None:
    after = {key: value for key, value in params.items() if key != _TYPED}
    write_down(officer, AuditAction.EXPORT_TABLE, table, after=after)


def _download(content: bytes, name: str, ending: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=CONTENT_TYPES[ending], headers={"Content-Disposition": disposition})
