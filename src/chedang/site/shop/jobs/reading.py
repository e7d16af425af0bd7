"""The quick form as it was posted → the 13 elements as they were typed, and back into fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chedang.records.model import PartText, ProjectText, RecordText
from chedang.site.shop.rows import Column, Pick, Values, is_empty, read_rows
from chedang.terms.text import tidy
from chedang.workshop.suggestions import OwnVisit, Usual

ITEMS: Final = (
    Column("name", _("维修项目"), is_wide=True),
    Column("hours", _("工时"), mode="decimal", unit=_("小时"), longest=12),
)
PARTS: Final = (
    Column("name", _("配件名称"), is_wide=True, longest=100),
    Column("code", _("配件编码"), longest=100),
    Column("quantity", _("数量"), mode="decimal", longest=12),
)
HEADER: Final = {
    "plate_number": 32,
    "vin": 40,
    "mileage": 20,
    "repair_date": 20,
    "settle_date": 20,
    "fault_description": 1000,
    "settlement_list_number": 100,
}
"""Fields of one value, with the characters that are read of each."""
_DAYS: Final = ("repair_date", "settle_date")


class Typed(msgspec.Struct):
    """What stands in the form."""

    text: RecordText
    items: list[dict[str, str]]
    parts: list[dict[str, str]]
    """As rows, with the empty ones that somebody asked for."""


def blank() -> Typed:
    """An empty form, dated today."""
    today = timezone.localdate().isoformat()
    return of_text(RecordText(repair_date=today, settle_date=today))


def of_text(text: RecordText) -> Typed:
    """A form with what a draft says."""
    items = [{"name": row.name, "hours": row.hours} for row in text.projects]
    parts = [{"name": row.name, "code": row.code, "quantity": row.quantity} for row in text.parts]
    return Typed(text, items, parts)


def read(post: QueryDict) -> Typed:
    """What was posted; days moved where 昨天 was pressed."""
    header = {name: tidy(post.get(name, ""))[:longest] for name, longest in HEADER.items()}
    pressed = post.get("yesterday", "")
    if pressed in _DAYS:
        header[pressed] = (timezone.localdate() - timedelta(days=1)).isoformat()
    if "vin-meant" in post:
        header["vin"] = tidy(post.get("vin-meant", ""))[: HEADER["vin"]]
    items = [row for row in read_rows(post, "items", ITEMS) if not is_empty(row, ITEMS)]
    parts = [row for row in read_rows(post, "parts", PARTS) if not is_empty(row, PARTS)]
    return Typed(_text(header, items, parts), items, parts)


def with_rows(typed: Typed) -> Typed:
    """The text said anew after rows were added or taken away; empty rows are shown and not kept."""
    header = {name: getattr(typed.text, name) for name in HEADER}
    return Typed(_text(header, typed.items, typed.parts), typed.items, typed.parts)


def complete(typed: Typed, visit: OwnVisit | None) -> Typed:
    """VIN or plate filled in where the shop knows the car by the other one."""
    if visit is None:
        return typed
    text = typed.text
    vin, plate = text.vin or visit.vin, text.plate_number or visit.plate_number
    return Typed(msgspec.structs.replace(text, vin=vin, plate_number=plate), typed.items, typed.parts)


def item_picks(usual: Usual) -> list[Pick]:
    """Usual items as buttons."""
    return [
        Pick(each.name, {"name": each.name, "hours": each.hours}, each.hours and f"{each.hours} h")
        for each in usual.items
    ]


def part_picks(usual: Usual) -> list[Pick]:
    """Usual parts as buttons; two of one name are told apart by their codes."""
    names = [each.name for each in usual.parts]
    return [
        Pick(each.name, {"name": each.name, "code": each.code, "quantity": each.quantity}, each.code)
        for each in usual.parts
        if each.code or names.count(each.name) == 1
    ]


def field_id(pointer: str) -> str:
    """Where in the form a finding's element stands: ``/basicInfo/vin`` → ``id_vin``."""
    pieces = pointer.split("/")[1:]
    if pieces[0] == "basicInfo":
        return f"id_{_ATTRIBUTES.get(pieces[1], 'plate_number')}"
    table = "parts" if pieces[0] == "vehiclepartslist" else "items"
    row, column = (pieces[1], _ATTRIBUTES.get(pieces[2], "name")) if len(pieces) > 2 else ("0", "name")
    return f"id_{table}-{row}-{column}"


def _text(header: dict[str, str], items: Sequence[Values], parts: Sequence[Values]) -> RecordText:
    return RecordText(
        **header,
        projects=tuple(
            ProjectText(row.get("name", ""), row.get("hours", "")) for row in items if not is_empty(row, ITEMS)
        ),
        parts=tuple(
            PartText(row.get("name", ""), row.get("code", ""), row.get("quantity", ""))
            for row in parts
            if not is_empty(row, PARTS)
        ),
    )


_ATTRIBUTES: Final = {
    "vin": "vin",
    "vehicleplatenumber": "plate_number",
    "repairdate": "repair_date",
    "repairmileage": "mileage",
    "settledate": "settle_date",
    "faultdescription": "fault_description",
    "costlistcode": "settlement_list_number",
    "partsname": "name",
    "partscode": "code",
    "partsquantity": "quantity",
    "repairproject": "name",
    "workinghours": "hours",
}
"""Wire name of an element → its field in the form."""
