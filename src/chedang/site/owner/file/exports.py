"""Take a car's file along: the page that says what there is, and the files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from chedang.access.model import AuditAction
from chedang.owners.model import Access
from chedang.site.owner.cars import for_car
from chedang.site.owner.file.pages import write_down
from chedang.site.owner.file.reading import read_car, view_of
from chedang.site.settings import NODE
from chedang.vehicles.exports import as_csv, as_json, as_lubelogger
from chedang.vehicles.views import FileView

_CSV: Final = "text/csv; charset=utf-8"
_FILE_NAMES: Final = {
    "json": "vehicle-file.json",
    "csv": "vehicle-file.csv",
    "lubelogger": "vehicle-file-lubelogger.csv",
}
"""By the form of the export, as it is written down."""


@require_safe
@for_car
def export(request: HttpRequest, access: Access) -> HttpResponse:
    """Which files there are and what they are good for. Shows nothing of the car."""
    return render(request, "owner/export.html", {"access": access, "view": view_of(access)})


@require_safe
@for_car
def export_json(request: HttpRequest, access: Access) -> HttpResponse:
    """Everything the view holds."""

    def write(view: FileView) -> bytes:
        return as_json(view, made_at=timezone.now(), node_code=NODE.node.code)

    return _send(request, access, write, "json", "application/json")


@require_safe
@for_car
def export_csv(request: HttpRequest, access: Access) -> HttpResponse:
    """For spreadsheets."""
    return _send(request, access, as_csv, "csv", _CSV)


@require_safe
@for_car
def export_lubelogger(request: HttpRequest, access: Access) -> HttpResponse:
    """For LubeLogger."""
    return _send(request, access, as_lubelogger, "lubelogger", _CSV)


def _send(
    request: HttpRequest, access: Access, write: Callable[[FileView], bytes], form: str, content_type: str
) -> HttpResponse:
    """The file, after its export is written down. Its name says nothing of the car."""
    write_down(request, access, AuditAction.EXPORT_FILE, form)
    content = write(read_car(access, now=timezone.now()).view)
    disposition = f'attachment; filename="{_FILE_NAMES[form]}"'
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
