"""An example of every code of the catalogue: a clean record, and what in it makes the rules find the code.

The examples are data (``data/catalogue.toml``); a test judges each of them. All names and numbers are made up.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import msgspec

from chedang.records.catalogue import load_catalogue
from chedang.records.limits import Limits
from chedang.records.model import Finding, PartText, ProjectText, RecordText
from chedang.records.rules import judge

CLEAN: Final = RecordText(
    company_name="杭州示例汽车维修有限公司",
    vin="LXXR9S194MB292903",
    plate_number="浙A12345",
    repair_date="20260301",
    mileage="48210",
    settle_date="20260303",
    fault_description="5 万千米保养，前制动异响",
    settlement_list_number="JS202603030001",
    parts=(PartText("机油滤清器", "OF-1234", "1"),),
    projects=(ProjectText("更换机油机滤", "0.5"),),
)
"""A record without any finding when it is received at :data:`RECEIVED_AT`."""

RECEIVED_AT: Final = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)

_LISTS: Final = ("vehiclepartslist", "repairprojectlist")
_SHOWN_CHARACTERS: Final = 20


class Change(NamedTuple):
    """One member of the clean record that an example writes differently."""

    wire_name: str
    sent: str
    """Its text, or the beginning of a long one; '' for an empty text and for a list."""
    size: int
    """Characters of the whole text, rows of the list."""
    is_list: bool
    mended: str
    """What stands there in the clean record; '' for a list."""


def list_changes(code: str) -> tuple[Change, ...]:
    """What the example of a code writes; none for a code of files. Raises KeyError for a code nobody knows."""
    entry = load_catalogue()[code]
    clean = msgspec.to_builtins(CLEAN)
    return tuple(
        _change(wire_name, value * entry.times, _holder(clean, wire_name)) for wire_name, value in entry.example.items()
    )


def _change(wire_name: str, value: str | list[dict[str, str]], clean: dict[str, Any]) -> Change:
    if isinstance(value, list):
        return Change(wire_name, "", len(value), True, "")
    shown = value if len(value) <= 2 * _SHOWN_CHARACTERS else value[:_SHOWN_CHARACTERS] + "…"
    return Change(wire_name, shown, len(value), False, clean[wire_name])


def example_of(code: str) -> RecordText:
    """The record that yields a code. Raises KeyError for a code nobody knows."""
    entry = load_catalogue()[code]
    document = msgspec.to_builtins(CLEAN)
    for wire_name, value in entry.example.items():
        _holder(document, wire_name)[wire_name] = value * entry.times
    return msgspec.convert(document, RecordText)


def example_finding(code: str, limits: Limits) -> Finding | None:
    """What the rules find in the example of a code.

    ``None`` for a code of files, and where a node's own limits let the example pass. Raises KeyError as above.
    """
    text = example_of(code)
    found = judge(text, limits=limits, registered_name=CLEAN.company_name, received_at=RECEIVED_AT).findings
    return next((finding for finding in found if finding.code == code), None)


def _holder(document: dict[str, Any], wire_name: str) -> dict[str, Any]:
    """The object that has this member: the record, or the first row of one of its lists."""
    rows = (document[name][0] for name in _LISTS if document[name])
    return next((row for row in rows if wire_name in row), document)
