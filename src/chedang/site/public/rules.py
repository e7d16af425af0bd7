"""规则说明: what every finding means, with an example and what to do. For everybody; nothing personal stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chedang.records.catalogue import Language, load_catalogue
from chedang.records.examples import Change, example_finding, list_changes
from chedang.records.limits import Limits
from chedang.records.model import Finding
from chedang.site.findings import Flag, describe_findings, page_language
from chedang.site.limits import limits_today

_ELEMENTS = {
    "companyname": _("维修企业名称"),
    "vin": _("车辆识别代号（车架号）"),
    "vehicleplatenumber": _("车牌号码"),
    "repairdate": _("送修日期"),
    "repairmileage": _("送修里程"),
    "settledate": _("结算日期"),
    "faultdescription": _("故障描述"),
    "costlistcode": _("结算清单编号"),
    "partsname": _("配件名称"),
    "partscode": _("配件编码"),
    "partsquantity": _("配件数量"),
    "repairproject": _("维修项目"),
    "workinghours": _("维修工时"),
}


class Rule(NamedTuple):
    """One code for people."""

    code: str
    flag: Flag
    element: str
    """中文 name of the element it belongs to; '' for a whole record or file."""
    wire_name: str
    changes: tuple[Change, ...]
    sheet: list[list[Any]]
    lines: str

    @property
    def flags(self) -> list[Flag]:
        """For the part of a page that lists findings."""
        return [self.flag]


class Group(NamedTuple):
    """The rules of one element, in the order of the standard."""

    element: str
    wire_name: str
    rules: list[Rule]


@login_not_required
@require_safe
def list_rules(request: HttpRequest) -> HttpResponse:
    """All codes, by element; each has an anchor of its own name."""
    return render(request, "public/rules.html", {"groups": _groups(page_language(), limits_today())})


@login_not_required
@require_safe
def read_rule(request: HttpRequest, code: str) -> HttpResponse:
    """One code: what was noticed, what it does to the record, an example before and after."""
    if code not in load_catalogue():
        raise Http404
    return render(request, "public/rule.html", {"rule": _rule(code, page_language(), limits_today())})


@lru_cache(maxsize=4)
def _groups(language: Language, limits: Limits) -> list[Group]:
    return list(_gather(language, limits))


def _gather(language: Language, limits: Limits) -> Iterator[Group]:
    group: Group | None = None
    for code in load_catalogue():
        rule = _rule(code, language, limits)
        if group is None or (rule.wire_name, rule.element) != (group.wire_name, group.element):
            if group is not None:
                yield group
            group = Group(rule.element, rule.wire_name, [])
        group.rules.append(rule)
    if group is not None:
        yield group


@lru_cache(maxsize=512)
def _rule(code: str, language: Language, limits: Limits) -> Rule:
    """``language`` is what the flag is written in; it is here to be remembered by."""
    entry = load_catalogue()[code]
    (found,) = describe_findings([_finding(code, limits)])
    flag = replace(found, code="")  # it needs no link to its own page
    wire_name = _element_of(code, limits) if entry.example else ""
    element = _ELEMENTS[wire_name] if wire_name else _("整条记录") if entry.example else _("整个文件")
    return Rule(code, flag, str(element), wire_name, list_changes(code), entry.sheet, entry.lines)


def _finding(code: str, limits: Limits) -> Finding:
    """What the example yields here; its bare code where this node's limits let it pass."""
    found = example_finding(code, limits)
    return found or Finding(code, limits.levels[code], "", load_catalogue()[code].args)


def _element_of(code: str, limits: Limits) -> str:
    """Wire name of the element whose findings begin like this code; '' for one about the whole record."""
    fitting = [prefix for prefix in _prefixes(limits) if code.startswith(f"{prefix}_")]
    return _prefixes(limits)[max(fitting, key=len)] if fitting else ""


@cache
def _prefixes(limits: Limits) -> dict[str, str]:
    # SETTLED_BEFORE_REPAIR and SETTLED_AFTER_RECEIPT are about the day of settlement.
    return {element.code: wire_name for wire_name, element in limits.element.items()} | {"SETTLED": "settledate"}
