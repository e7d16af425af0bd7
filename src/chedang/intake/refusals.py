"""What a shop's software was refused lately, as it was answered, for the shop to see (ADR 0038).

Kept are the answer's text, the codes and fields of the findings, and nothing of what was sent: values of the call that
an answer repeats are blotted out, and so is whatever looks like a VIN, plate, telephone or mail. The last 50 answers
of each shop stay, for 14 days; calls that did not prove whose they were stand in a ring of 10 of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from chedang.enterprises.store import Connection
from chedang.intake.outcomes import BatchRequest, Extra
from chedang.platform.database import load_queries
from chedang.records.model import Finding, Level
from chedang.terms.plate import PROVINCE_CODES
from chedang.terms.text import tidy

KEPT_FOR: Final = timedelta(days=14)
MOST_PROVEN: Final = 50
MOST_UNPROVEN: Final = 10
MOST_ANSWER_BYTES: Final = 2048
MOST_CLIENT_CHARACTERS: Final = 120
_MOST_FINDINGS: Final = 20
_MOST_ITEMS: Final = 100
_MOST_READ_BYTES: Final = 4 * MOST_ANSWER_BYTES
"""An answer is masked before it is cut, so that no half of a number stays at its end."""

MASK: Final = "***"
_BETWEEN: Final = r"[\s\-_.·•]{0,2}"
_TELLING: Final = re.compile(
    rf"[{''.join(PROVINCE_CODES)}]{_BETWEEN}[A-Z]{_BETWEEN}(?:[A-Z0-9]{_BETWEEN}){{3,6}}[A-Z0-9学警港澳挂领]"
    r"|WJ[0-9A-Z]{7}|使[0-9]{6}|[0-9]{6}使|民航[A-Z0-9]{5}"
    r"|(?<![A-Z0-9])[A-Z0-9]{17}(?![A-Z0-9])"
    r"|(?<![0-9])1[\s\-]?[3-9](?:[\s\-]?[0-9]){9}(?![0-9])"
    r"|(?<![0-9A-Z])(?:0[0-9]{2,3}-)[0-9]{7,8}(?![0-9])"
    r"|[A-Z0-9._%+\-]+@[A-Z0-9.\-]+",
    re.IGNORECASE,
)
_CHINESE: Final = re.compile("[\u3400-\u9fff]")
_SHORTEST_NUMBER: Final = 4
_SHORTEST_NAME: Final = 2

_SQL = load_queries("chedang.intake", "refusals.sql")


class NotedFinding(msgspec.Struct, frozen=True):
    """What a rule found, without the value it found it in."""

    code: str
    level: Level
    field: str
    """JSON pointer in wire names."""


_decode_findings: Final = msgspec.json.Decoder(tuple[NotedFinding, ...]).decode


class NotedRefusal(msgspec.Struct, frozen=True):
    """One refused call of a known shop, to be kept."""

    company_code: str
    is_proven: bool
    """The call carried a token, key or signature of the shop's, not just its name."""
    dialect: str
    operation: str
    kind: str
    """Code of the RefusalKind."""
    http_status: int
    answer: str
    """Masked and cut by :func:`mask_answer`."""
    findings: tuple[NotedFinding, ...]
    client: str
    at: datetime

    @property
    def digest(self) -> bytes:
        """Equal for calls that were answered alike."""
        told = "\0".join((self.dialect, self.operation, self.kind, str(self.http_status), self.answer))
        return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).digest()


class KeptRefusal(msgspec.Struct, frozen=True):
    """An answer that a shop's software got, with how often."""

    is_proven: bool
    dialect: str
    operation: str
    kind: str
    http_status: int
    answer: str
    client: str
    times: int
    first_at: datetime
    last_at: datetime
    findings: tuple[NotedFinding, ...]


def note_findings(findings: Iterable[Finding]) -> tuple[NotedFinding, ...]:
    """Findings of a refusal as they are kept: at most 20, without arguments."""
    return tuple(NotedFinding(each.code, each.level, _blot(each.field)) for each in findings)[:_MOST_FINDINGS]


def telling_values(request: Any) -> tuple[str, ...]:
    """Values of a request that its answer may repeat and that are nobody else's business.

    ``request``: any of intake's, or ``None`` for one that could not be read.
    """
    if isinstance(request, BatchRequest):
        return tuple(value for item in request.items[:_MOST_ITEMS] for value in telling_values(item))
    values: list[str] = []
    for holder in (request, getattr(request, "text", None), getattr(request, "changes", None)):
        values += [getattr(holder, name, None) or "" for name in ("vin", "plate_number", "fault_description")]
    values += [text for _, text in getattr(request, "echo", ())]
    beyond = getattr(request, "beyond", None)
    extras: tuple[Extra, ...] = getattr(request, "extras", ()) or getattr(beyond, "extras", ())
    values += [extra.value for extra in extras if isinstance(extra.value, str)]
    return tuple(filter(None, values))


def mask_answer(answer: bytes, values: Iterable[str] = ()) -> str:
    """The text of an answer, with ``values`` and what looks like a number of a car or person blotted out; ≤ 2 KB."""
    kept = answer[:_MOST_READ_BYTES].decode("utf-8", "replace").replace("\0", "")
    for value in sorted(set(values), key=len, reverse=True):
        if len(value) >= (_SHORTEST_NAME if _CHINESE.search(value) else _SHORTEST_NUMBER):
            kept = kept.replace(value, MASK)
    raw = _blot(kept).encode()
    if len(raw) <= MOST_ANSWER_BYTES:
        return raw.decode()
    return raw[: MOST_ANSWER_BYTES - len("…".encode())].decode("utf-8", "ignore") + "…"


def clean_client(client: str) -> str:
    """The name that a programme gives itself, fit to keep and to show."""
    return _blot(tidy(client[: 2 * MOST_CLIENT_CHARACTERS]))[:MOST_CLIENT_CHARACTERS]


def keep(connection: Connection, noted: Sequence[NotedRefusal]) -> None:
    """Keep these refusals and drop what goes beyond the rings. Commits with the caller's transaction."""
    rows: dict[tuple[str, bool, bytes], dict[str, Any]] = {}
    for refusal in noted:
        key = (refusal.company_code, refusal.is_proven, refusal.digest)
        row = rows.setdefault(key, _row(refusal, key[2]))
        row["times"] += 1
        row["last_at"] = refusal.at
        row["client"] = refusal.client
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.executemany(_SQL["keep_refusal"], [rows[key] for key in sorted(rows)])
        codes = sorted({company_code for company_code, _, _ in rows})
        most = {"most_proven": MOST_PROVEN, "most_unproven": MOST_UNPROVEN}
        cursor.execute(_SQL["trim_refusals"], {"company_codes": codes, **most})


def list_of(connection: Connection, company_code: str, now: datetime) -> list[KeptRefusal]:
    """What a shop's software was refused in the last 14 days, newest first, of both rings."""
    rows = connection.execute(_SQL["list_refusals"], {"company_code": company_code, "since": now - KEPT_FOR})
    return [_kept(row) for row in rows]


def forget_old(connection: Connection, now: datetime) -> int:
    """Drop what was answered more than 14 days ago; how many. Commits with the caller's transaction."""
    return connection.execute(_SQL["forget_refusals"], {"before": now - KEPT_FOR}).rowcount


def _kept(row: tuple[Any, ...]) -> KeptRefusal:
    kept = KeptRefusal(*row)
    return msgspec.structs.replace(kept, findings=_decode_findings(row[-1]))


def _row(refusal: NotedRefusal, digest: bytes) -> dict[str, Any]:
    return {
        "company_code": refusal.company_code,
        "is_proven": refusal.is_proven,
        "digest": digest,
        "dialect": refusal.dialect,
        "operation": refusal.operation,
        "kind": refusal.kind,
        "http_status": refusal.http_status,
        "answer": refusal.answer,
        "findings": msgspec.json.encode(refusal.findings).decode(),
        "client": refusal.client,
        "times": 0,
        "first_at": refusal.at,
        "last_at": refusal.at,
    }


def _blot(text: str) -> str:
    return _TELLING.sub(MASK, text)
