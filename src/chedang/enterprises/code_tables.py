"""The code tables that count on a day: those of this release, with what the ministry has published over them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

import structlog

from chedang.enterprises.model import Registration, RegistrationFinding, RegistrationText
from chedang.enterprises.rules import read_registration
from chedang.enterprises.store import Connection
from chedang.platform.rulebook import RuleKind, in_force, read_documents
from chedang.terms.codes import REGISTRATION_TABLES, CodeTable, table_over
from chedang.terms.dates import day_in_china

_log = structlog.get_logger(__name__)


def tables_on(connection: Connection, day: date) -> Mapping[str, CodeTable]:
    """Name → table, for :func:`chedang.enterprises.rules.read_registration`."""
    documents = read_documents(connection)
    found = {name: in_force(documents, RuleKind.CODES, name, day) for name in REGISTRATION_TABLES}
    return {
        name: REGISTRATION_TABLES[name] if document is None else _table(name, document.content)
        for name, document in found.items()
    }


def read_registration_today(
    connection: Connection, text: RegistrationText, *, now: datetime
) -> tuple[Registration | None, tuple[RegistrationFinding, ...]]:
    """:func:`chedang.enterprises.rules.read_registration` by the tables of today."""
    today = day_in_china(now)
    return read_registration(text, today=today, tables=tables_on(connection, today))


@lru_cache(maxsize=32)
def _table(name: str, content: str) -> CodeTable:
    """A document that this release cannot use is passed over: shops must be able to register all the same."""
    try:
        return table_over(name, content)
    except ValueError as fault:
        _log.error("published code table cannot be used", table=name, reason=str(fault))
        return REGISTRATION_TABLES[name]
