"""Pages that take one table: the file stays in memory, and the form's token is checked once its handler is in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from chedang.site.shop.upload_handler import BoundedMemoryHandler
from chedang.site.uploaded_table import MAX_BYTES


class TableHandler(BoundedMemoryHandler):
    """One table."""

    most_bytes = MAX_BYTES


class TableForm(forms.Form):
    """One file with a table."""

    file = forms.FileField(
        label=_("选择文件"),
        help_text=_("csv 或 xlsx，最多 5 MB。"),
        error_messages={"required": _("请选择一个文件。"), "empty": _("这个文件是空的。")},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )


def takes_table(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Outermost on a page with a :class:`TableForm`."""
    protected = csrf_protect(page)

    @csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
    @wraps(page)
    def taking(request: HttpRequest, *args: Any, **keywords: Any) -> HttpResponse:
        request.upload_handlers = [TableHandler(request)]
        return protected(request, *args, **keywords)

    return taking
