"""Store of enterprises. Single statements; what they mean together stands in ``actions`` and ``importing``.

No function commits: the caller's transaction decides. Whatever other nodes must hear of is announced here, in the same
transaction, so that no caller can forget it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final

import msgspec
import psycopg
from psycopg.rows import kwargs_row

from chedang.enterprises.errors import EnterpriseNotFound
from chedang.enterprises.model import ChannelChange, Enterprise, Registration, RegistrationFinding, ReviewState, Source
from chedang.platform.announcements import announce
from chedang.platform.database import load_queries
from chedang.platform.settings import MINISTRY_CODE

Connection = psycopg.Connection[Any]

NOTICE_KIND: Final = "enterprise"
"""Kind of the announcements about shops; the key is the 维修企业编码. What is told stands in ``known``."""

_SQL = load_queries("chedang.enterprises")
_decode_findings = msgspec.json.Decoder(tuple[RegistrationFinding, ...]).decode
_REGISTRATION_COLUMNS = tuple(column.name for column in fields(Registration))


def find_by_code(connection: Connection, company_code: str) -> Enterprise | None:
    """The shop with this 维修企业编码 or this 全国唯一企业编码, in whatever state of review."""
    return _one(connection, "find_by_code", company_code=company_code)


def find_by_id(connection: Connection, enterprise_id: int) -> Enterprise | None:
    """The shop with the short number that stands inside its access tokens."""
    return _one(connection, "find_by_id", enterprise_id=enterprise_id)


def find_by_codes(
    connection: Connection, company_codes: Collection[str], *, holding_still: bool = False
) -> dict[str, Enterprise]:
    """Several shops by either of their codes, each under the code it was asked by; unknown codes are absent.

    ``holding_still`` keeps anybody else from changing them until the transaction ends.
    """
    if holding_still:
        connection.execute(_SQL["lock_enterprises"], {"company_codes": list(company_codes)})
    found = _many(connection, "find_by_codes", company_codes=list(company_codes))
    by_code = {each.national_code: each for each in found} | {each.company_code: each for each in found}
    return {code: by_code[code] for code in company_codes if code in by_code}


def find_same_registration(
    connection: Connection, unified_credit_code: str, road_transport_license: str
) -> list[Enterprise]:
    """Shops that stand under this credit code or this licence, oldest first; an empty text matches none."""
    return _many(
        connection,
        "find_same_registration",
        unified_credit_code=unified_credit_code,
        road_transport_license=road_transport_license,
    )


def find_same_name(connection: Connection, division_code: str, company_name: str) -> list[Enterprise]:
    """Shops of this name in this division, oldest first."""
    return _many(connection, "find_same_name", division_code=division_code, company_name=company_name)


def list_by_state(connection: Connection, review_state: ReviewState | None = None) -> list[Enterprise]:
    """Shops in one state of review, or all; the longest waiting first."""
    return _many(connection, "list_by_state", review_state=review_state.value if review_state else None)


def names(connection: Connection, company_codes: Collection[str]) -> dict[str, str]:
    """Code → registered name, of shops of other nodes too; unknown codes are absent."""
    with connection.cursor() as cursor:
        return dict(cursor.execute(_SQL["names"], {"company_codes": list(company_codes)}).fetchall())


def unapproved_codes(connection: Connection, company_codes: Collection[str]) -> frozenset[str]:
    """Which of these shops are known and not approved: their records are held back from vehicles' files.

    A shop of another node counts by what that node last told.
    """
    with connection.cursor() as cursor:
        rows = cursor.execute(_SQL["unapproved_codes"], {"company_codes": list(company_codes)}).fetchall()
    return frozenset(code for (code,) in rows)


def lock_serial(connection: Connection) -> int:
    """The next serial of this node, locked until the transaction ends."""
    (serial,) = _single(connection, "lock_serial")
    return int(serial)


def save_serial(connection: Connection, next_serial: int) -> None:
    """The serial that comes next; only under :func:`lock_serial`."""
    connection.execute(_SQL["save_serial"], {"next_serial": next_serial})


def code_exists(connection: Connection, company_code: str) -> bool:
    """Does a shop of this node already hold this code, as its own or as its national one?"""
    (exists,) = _single(connection, "code_exists", company_code=company_code)
    return bool(exists)


def code_is_held(connection: Connection, company_code: str) -> bool:
    """Does a shop of this node or of another province hold this code?"""
    (is_held,) = _single(connection, "code_is_held", company_code=company_code, ministry=MINISTRY_CODE)
    return bool(is_held)


def list_waiting(connection: Connection, limit: int) -> list[Enterprise]:
    """Shops under a provisional code that wait for the national one, the oldest first."""
    return _many(connection, "list_waiting", limit=limit)


def save_national_code(connection: Connection, company_code: str, national_code: str, *, now: datetime) -> None:
    """Give a shop its national code; one that has it keeps it."""
    parameters = {"company_code": company_code, "national_code": national_code}
    if connection.execute(_SQL["save_national_code"], parameters).rowcount:
        announce(connection, NOTICE_KIND, company_code, now=now)


def insert(
    connection: Connection,
    registration: Registration,
    findings: Sequence[RegistrationFinding],
    *,
    company_code: str,
    password_hash: str,
    password_is_weak: bool,
    source: Source,
    now: datetime,
    approved_by: str | None = None,
    national_code: str = "",
) -> Enterprise:
    """Add a shop; pending, or approved at once when ``approved_by`` says by whom. Announced to other nodes."""
    parameters = _columns(registration, findings) | {
        "company_code": company_code,
        "password_hash": password_hash,
        "password_is_weak": password_is_weak,
        "source": source.value,
        "created_at": now,
        "review_state": (ReviewState.PENDING if approved_by is None else ReviewState.APPROVED).value,
        "reviewed_at": None if approved_by is None else now,
        "reviewed_by": approved_by or "",
        "national_code": national_code,
    }
    connection.execute(_SQL["insert_enterprise"], parameters)
    connection.execute(_SQL["forget_told"], {"company_code": company_code, "ministry": MINISTRY_CODE})
    announce(connection, NOTICE_KIND, company_code, now=now)
    return _known(connection, company_code)


def update_registration(
    connection: Connection,
    company_code: str,
    registration: Registration,
    findings: Sequence[RegistrationFinding],
    *,
    now: datetime,
) -> None:
    """Replace the registered elements of a shop. Announced to other nodes."""
    connection.execute(_SQL["update_registration"], _columns(registration, findings) | {"company_code": company_code})
    announce(connection, NOTICE_KIND, company_code, now=now)


def lock(connection: Connection, company_code: str) -> Enterprise:
    """Hold one shop still until the transaction ends. Raises EnterpriseNotFound."""
    connection.execute(_SQL["lock_enterprises"], {"company_codes": [company_code]})
    return _known(connection, company_code)


def save_review(
    connection: Connection,
    company_code: str,
    *,
    review_state: ReviewState,
    by: str,
    now: datetime,
    reason: str,
    ends_tokens: bool,
) -> Enterprise:
    """Write a decision down and give the shop back as it is now. Raises EnterpriseNotFound. Announced to others."""
    parameters = {
        "company_code": company_code,
        "review_state": review_state.value,
        "reviewed_at": now,
        "reviewed_by": by,
        "review_reason": reason,
        "ends_tokens": ends_tokens,
    }
    connection.execute(_SQL["save_review"], parameters)
    announce(connection, NOTICE_KIND, company_code, now=now)
    return _known(connection, company_code)


def reopen_review(connection: Connection, company_code: str, *, now: datetime) -> Enterprise:
    """A shop waits for a decision once more; the last one stays readable. Announced to others."""
    connection.execute(_SQL["reopen_review"], {"company_code": company_code, "state": ReviewState.PENDING.value})
    announce(connection, NOTICE_KIND, company_code, now=now)
    return _known(connection, company_code)


def save_operation_state(
    connection: Connection, company_code: str, operation_state_code: str, *, now: datetime
) -> None:
    """Set the 经营状态 of a shop and nothing else. Announced to others."""
    parameters = {"company_code": company_code, "operation_state_code": operation_state_code}
    connection.execute(_SQL["save_operation_state"], parameters)
    announce(connection, NOTICE_KIND, company_code, now=now)


def save_password(
    connection: Connection,
    company_code: str,
    password_hash: str,
    *,
    password_is_weak: bool,
    changed_at: datetime | None,
    ends_tokens: bool,
) -> Enterprise:
    """Replace a shop's password. ``changed_at`` ``None``: it came from an import. Raises EnterpriseNotFound."""
    parameters = {
        "company_code": company_code,
        "password_hash": password_hash,
        "password_is_weak": password_is_weak,
        "password_changed_at": changed_at,
        "ends_tokens": ends_tokens,
    }
    connection.execute(_SQL["save_password"], parameters)
    return _known(connection, company_code)


def _columns(registration: Registration, findings: Sequence[RegistrationFinding]) -> dict[str, object]:
    columns: dict[str, object] = {name: getattr(registration, name) for name in _REGISTRATION_COLUMNS}
    return columns | {"findings": msgspec.json.encode(findings).decode()}


def _known(connection: Connection, company_code: str) -> Enterprise:
    enterprise = find_by_code(connection, company_code)
    if enterprise is None:
        raise EnterpriseNotFound(company_code)
    return enterprise


def _many(connection: Connection, statement: str, **parameters: object) -> list[Enterprise]:
    with connection.cursor(row_factory=kwargs_row(_enterprise)) as cursor:
        return cursor.execute(_SQL[statement], parameters).fetchall()


def _one(connection: Connection, statement: str, **parameters: object) -> Enterprise | None:
    with connection.cursor(row_factory=kwargs_row(_enterprise)) as cursor:
        return cursor.execute(_SQL[statement], parameters).fetchone()


def _single(connection: Connection, statement: str, **parameters: object) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        row = cursor.execute(_SQL[statement], parameters).fetchone()
    if row is None:
        raise LookupError(f"{statement} found no row: the schema of this database is not complete")
    return tuple(row)


def _enterprise(**row: Any) -> Enterprise:
    row["findings"] = _decode_findings(row["findings"])
    row["review_state"] = ReviewState(row["review_state"])
    row["source"] = Source(row["source"])
    row["channel_changes"] = msgspec.convert(row["channel_changes"] or (), tuple[ChannelChange, ...])
    return Enterprise(**row)
