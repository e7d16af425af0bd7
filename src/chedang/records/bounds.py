"""Bounding what came in before it is judged and stored, so that one upload can fill neither memory nor store."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from chedang.records.limits import Limits
from chedang.records.model import Finding, PartText, ProjectText, RecordText

# NUL and lone surrogates: PostgreSQL's text and UTF-8 cannot hold them.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_LIST_NAMES = {"parts": "vehiclepartslist", "projects": "repairprojectlist"}

Holder = TypeVar("Holder", RecordText, PartText, ProjectText)


def bound(text: RecordText, limits: Limits) -> tuple[RecordText, tuple[Finding, ...]]:
    """Cut rows and elements that are too long to be kept, and say so. An ordinary record comes back as it is."""
    if _fits(text, limits):
        return text, ()
    found: list[Finding] = []
    bounded = _bound_texts(text, "/basicInfo/", limits, found)
    for attribute, list_name in _LIST_NAMES.items():
        rows = getattr(text, attribute)
        if len(rows) > limits.kept_rows:
            args = {"rows": str(len(rows)), "kept": str(limits.kept_rows)}
            found.append(Finding("TOO_MANY_ROWS", limits.levels["TOO_MANY_ROWS"], f"/{list_name}", args))
        kept = tuple(
            _bound_texts(row, f"/{list_name}/{number}/", limits, found)
            for number, row in enumerate(rows[: limits.kept_rows])
        )
        bounded = msgspec.structs.replace(bounded, **{attribute: kept})
    return bounded, tuple(found)


def _fits(text: RecordText, limits: Limits) -> bool:
    """One test over everything together: it is the ordinary case and has to be quick."""
    if len(text.parts) > limits.kept_rows or len(text.projects) > limits.kept_rows:
        return False
    pieces = [text.company_name, text.vin, text.plate_number, text.repair_date, text.mileage, text.settle_date]
    pieces += [text.fault_description, text.settlement_list_number]
    for part in text.parts:
        pieces += (part.name, part.code, part.quantity)
    for project in text.projects:
        pieces += (project.name, project.hours)
    together = "".join(pieces)
    longest = limits.storage_characters
    return together.isprintable() and (len(together) <= longest or max(map(len, pieces)) <= longest)


def _bound_texts(holder: Holder, at: str, limits: Limits, found: list[Finding]) -> Holder:
    changed: dict[str, str] = {}
    for field in msgspec.structs.fields(holder):
        text = getattr(holder, field.name)
        if not isinstance(text, str):
            continue
        kept = _UNSTORABLE.sub("", text)[: limits.storage_characters]
        if len(text) > limits.storage_characters:
            args = {"length": str(len(text)), "kept": str(limits.storage_characters)}
            found.append(Finding("TEXT_CUT", limits.levels["TEXT_CUT"], at + field.encode_name, args))
        if kept != text:
            changed[field.name] = kept
    return msgspec.structs.replace(holder, **changed) if changed else holder
