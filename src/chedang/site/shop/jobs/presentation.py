"""The quick form as its template shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedang.records.model import Finding
from chedang.site.findings import Flag, describe_findings
from chedang.site.shop.jobs.reading import ITEMS, PARTS, Typed, field_id, item_picks, part_picks
from chedang.site.shop.jobs.suggesting import CarRemarks, Remark
from chedang.site.shop.rows import RowTable
from chedang.workshop.suggestions import Usual


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one value."""

    name: str
    label: str | Promise
    value: str
    hint: str | Promise = ""
    kind: str = "text"
    mode: str = ""
    """Keyboard of a phone."""
    longest: int = 200
    is_code: bool = False
    """Capitals and digits: no phone may put it right."""
    asks: bool = False
    """Whether something is said while it is typed."""
    remark: Remark | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def field_id(self) -> str:
        return f"id_{self.name}"

    @property
    def described_by(self) -> str:
        """Ids of the sentences that belong to it."""
        said = (f"{self.field_id}_error",) if self.problems else ()
        hint = (f"{self.field_id}_hint",) if self.hint else ()
        asked = (f"{self.field_id}_said",) if self.asks else ()
        return " ".join(said + hint + asked)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to be mended, with the field that it is about."""

    flag: Flag
    field_id: str


def problems_of(findings: Iterable[Finding]) -> list[Problem]:
    """Findings that somebody should look at, errors first, each with its field."""
    return [Problem(flag, field_id(flag.field)) for flag in describe_findings(findings, with_notes=False)]


def form_view(typed: Typed, usual: Usual, said: CarRemarks, problems: list[Problem]) -> dict[str, Any]:
    """Fields and tables of the form, with what is said of each."""
    by_field: dict[str, list[str]] = {}
    for problem in problems:
        by_field.setdefault(problem.field_id, []).append(f"{problem.flag.text} {problem.flag.hint}".strip())
    text = typed.text

    def make(name: str, label: str | Promise, **options: Any) -> Field:
        remark = None if f"id_{name}" in by_field else options.pop("remark", None)
        options.pop("remark", None)
        value = getattr(text, name)
        return Field(name, label, value, remark=remark, problems=by_field.get(f"id_{name}", []), **options)

    return {
        "car": [
            make(
                "plate_number",
                _("车牌号码"),
                hint=_("来过本店的车，填了车牌就带出车架号，填车架号就带出车牌。"),
                asks=True,
                is_code=True,
                longest=32,
                remark=said.plate_number,
            ),
            make("vin", _("车架号（VIN）"), asks=True, is_code=True, longest=40, remark=said.vin),
            make("mileage", _("里程（千米）"), mode="numeric", asks=True, longest=20, remark=said.mileage),
        ],
        "days": [
            make("repair_date", _("送修日期"), kind="date"),
            make("settle_date", _("结算日期"), kind="date"),
        ],
        "fault": make("fault_description", _("故障描述"), hint=_("例如：保养；刹车异响。"), kind="area", longest=1000),
        "settlement_number": make(
            "settlement_list_number",
            _("结算清单编号"),
            hint=_("本店没有编号就留空，系统会编一个。"),
            is_code=True,
            longest=100,
        ),
        "items": _table("items", typed.items, by_field, usual),
        "parts": _table("parts", typed.parts, by_field, usual),
        "meant": said.meant,
    }


def _table(name: str, rows: list[dict[str, str]], by_field: dict[str, list[str]], usual: Usual) -> RowTable:
    is_items = name == "items"
    columns = ITEMS if is_items else PARTS
    return RowTable(
        name=name,
        legend=_("维修项目") if is_items else _("配件"),
        add_label=_("再加一个项目") if is_items else _("再加一个配件"),
        columns=columns,
        rows=rows,
        picks=item_picks(usual) if is_items else part_picks(usual),
        problems={
            (number, column.name): by_field.get(f"id_{name}-{number}-{column.name}", [])
            for number in range(max(len(rows), 1))
            for column in columns
        },
    )
