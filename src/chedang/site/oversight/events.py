"""Audit events as superiors and 安全审计员 read them: rows with before and after, a filter, a table as csv."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.access.models import ACTION_NAMES, PURPOSE_NAMES, ROLE_NAMES, AuditEvent
from chedang.access.rules import NATION, division_prefix
from chedang.platform.tables import harmless
from chedang.site.findings import mask_vin
from chedang.site.typed import names_a_car
from chedang.terms import vin as vins
from chedang.terms.dates import SHANGHAI

MOST_EXPORTED: Final = 50_000
"""Rows of one csv; a narrower filter gives the rest."""
_HEADINGS: Final = (
    "编号", "时间", "账户名", "角色", "单位", "操作", "目的", "事由", "对象", "车架号", "变更前", "变更后"
)  # fmt: skip
_COLUMNS: Final = (
    "pk", "at", "actor__username", "role", "organisation", "action", "purpose", "reason", "object_id", "vin",
    "before", "after",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event in words."""

    event: AuditEvent
    who: str
    what: str
    why: str
    vehicle: str
    """Masked."""
    changes: list[tuple[str, str, str]]
    """Column, before, after."""


class EventFilter(forms.Form):
    """Which events are wanted; every part may be left out."""

    person = forms.CharField(label=gettext_lazy("账户名"), max_length=64, required=False)
    action = forms.ChoiceField(
        label=gettext_lazy("操作"),
        required=False,
        choices=[("", gettext_lazy("全部")), *((str(each), name) for each, name in ACTION_NAMES.items())],
    )
    object = forms.CharField(
        label=gettext_lazy("对象"),
        help_text=gettext_lazy("企业编码、案件编号等。查一辆车，请从一条查阅记录点“这辆车的全部查阅”。"),
        max_length=64,
        required=False,
    )
    division = forms.CharField(label=gettext_lazy("行政区划代码"), max_length=6, required=False)
    first_on = forms.DateField(
        label=gettext_lazy("从哪天"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_on = forms.DateField(
        label=gettext_lazy("到哪天"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    look = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def clean_object(self) -> str:
        """No VIN and no plate: it would stand in addresses and in the audit trail of the auditor."""
        named: str = self.cleaned_data["object"]
        is_vin = len(vins.normalise(named)) == vins.LENGTH and len(named) < 2 * vins.LENGTH
        if is_vin or names_a_car(named):
            raise ValidationError(_("这里不填车架号、车牌号码。请从一条查阅记录点“这辆车的全部查阅”。"))
        return named

    def clean_division(self) -> str:
        """One with six digits, or none."""
        code: str = self.cleaned_data["division"]
        try:
            return code if not code or code == NATION or division_prefix(code) else ""
        except ValueError:
            raise ValidationError(_("行政区划代码是六位数字。")) from None

    def narrow(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """Those that are wanted; of a form that was found valid. ``events`` are all that the reader may see."""
        wanted, seen = self.cleaned_data, events.order_by()
        if wanted["person"]:
            events = events.filter(actor__username=wanted["person"])
        if wanted["action"]:
            events = events.filter(action=wanted["action"])
        if wanted["object"]:
            events = events.filter(object_id=wanted["object"])
        if wanted["division"]:
            events = events.filter(actor__division_code__startswith=division_prefix(wanted["division"]))
        if wanted["first_on"]:
            events = events.filter(at__gte=datetime.combine(wanted["first_on"], time(), SHANGHAI))
        if wanted["last_on"]:
            # Not "before the day after": the last day of the year 9999 has none.
            events = events.filter(at__lte=datetime.combine(wanted["last_on"], time.max, SHANGHAI))
        if wanted["look"]:
            events = events.filter(vin__in=seen.filter(pk=wanted["look"]).exclude(vin="").values("vin"))
        return events

    def in_words(self) -> str:
        """What was asked for, as the audit trail keeps it: ``action=account:sign_in first_on=2026-11-01``."""
        parts = (f"{name}={value}" for name, value in self.cleaned_data.items() if value)
        return " ".join(parts)[: AuditEvent._meta.get_field("reason").max_length]


def present(events: Iterable[AuditEvent]) -> list[EventRow]:
    """Put events into words."""
    return [
        EventRow(
            event=event,
            who=str(event.actor) if event.actor else _("凭分享码的访客"),
            what=event.get_action_display(),
            why="，".join(filter(None, (event.get_purpose_display(), event.reason))),
            vehicle=mask_vin(event.vin) if event.vin else "",
            changes=changes_of(event.before, event.after),
        )
        for event in events
    ]


def changes_of(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    """Columns whose value differs: name, before, after; '—' for one that was not there."""
    old, new = before or {}, after or {}
    names = sorted({*old, *new})
    return [(name, _as_text(old, name), _as_text(new, name)) for name in names if old.get(name) != new.get(name)]


def as_csv(events: QuerySet[AuditEvent], name: str) -> HttpResponse:
    """The events as a table, the newest first; VINs masked, texts that no spreadsheet takes for formulas.

    It grows in a file without a name, so that many rows cost no memory, and is sent once it is whole. One that would
    be longer than MOST_EXPORTED says so in its last row: nobody must take it for all there is.
    """
    table = TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        table.write(codecs.BOM_UTF8)
        text = io.TextIOWrapper(table, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(_HEADINGS)
        writer.writerows([harmless(cell) for cell in row] for row in _csv_rows(events))
        text.detach()
    except BaseException:
        table.close()
        raise
    table.seek(0)
    file_name = f"{name}-{timezone.localdate():%Y%m%d}.csv"
    return FileResponse(  # type: ignore[return-value]  # guards say HttpResponse
        table, as_attachment=True, filename=file_name, content_type="text/csv; charset=utf-8"
    )


def _csv_rows(events: QuerySet[AuditEvent]) -> Iterator[tuple[str, ...]]:
    # Put into words once: Django's own get_action_display translates the names of all actions for every row.
    roles, actions, purposes = (
        {str(key): str(words) for key, words in names.items()} for names in (ROLE_NAMES, ACTION_NAMES, PURPOSE_NAMES)
    )
    found = events.values(*_COLUMNS)[: MOST_EXPORTED + 1].iterator(chunk_size=1000)
    for event in islice(found, MOST_EXPORTED):
        yield (
            str(event["pk"]),
            f"{event['at'].astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
            event["actor__username"] or "",
            roles.get(event["role"], ""),
            event["organisation"],
            actions.get(event["action"], event["action"]),
            purposes.get(event["purpose"], event["purpose"]),
            event["reason"],
            event["object_id"],
            mask_vin(event["vin"]) if event["vin"] else "",
            _in_one_line(event["before"]),
            _in_one_line(event["after"]),
        )
    if next(found, None) is not None:
        yield (_("只导出最新的 %(count)d 条，更早的请缩小筛选范围再导出。") % {"count": MOST_EXPORTED},)


def _in_one_line(values: dict[str, Any] | None) -> str:
    return " ".join(f"{name}={value}" for name, value in (values or {}).items())


def _as_text(values: dict[str, Any], name: str) -> str:
    return str(values[name]) if name in values and values[name] not in (None, "") else "—"
