"""Answers of ``code`` and ``status``, which the provincial interface and its city dialects share.

``code`` is a JSON string, success is ``"1"``. An answer stays within 200 characters and holds no apostrophe, because
one client writes what it gets into ``nchar(200)`` by string-built SQL.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any, Final

from chedang.intake.outcomes import (
    EnterpriseRegistered,
    Outcome,
    RecordAccepted,
    Refusal,
    RefusalKind,
    TokenIssued,
)

MAX_ANSWER_CHARACTERS: Final = 200

# The documented codes are 1, -1, -2, -10, -11 and -99; the others are ours, negative as the clients expect.
CODES: Final = MappingProxyType(
    {
        RefusalKind.MISSING_PARAMETER: "-1",
        RefusalKind.EMPTY_RECORD: "-1",
        RefusalKind.NOT_ACCEPTABLE: "-1",
        RefusalKind.MALFORMED: "-2",
        RefusalKind.TOO_LARGE: "-2",
        RefusalKind.TOO_MANY_ROWS: "-2",
        RefusalKind.UNKNOWN_OPERATION: "-3",
        RefusalKind.UNKNOWN_ENTERPRISE: "-10",
        RefusalKind.UNKNOWN_ACCOUNT: "-10",
        RefusalKind.WRONG_PASSWORD: "-11",
        RefusalKind.BAD_TOKEN: "-12",
        RefusalKind.EXPIRED_TOKEN: "-13",
        RefusalKind.ENTERPRISE_REJECTED: "-14",
        RefusalKind.ALREADY_REGISTERED: "-15",
        RefusalKind.LOCKED: "-16",
        RefusalKind.TOO_FAST: "-17",
        RefusalKind.UNKNOWN_FIELD: "-18",
        RefusalKind.UNKNOWN_RECORD: "-19",
        RefusalKind.RECORD_EXISTS: "-20",
        RefusalKind.CONFLICT: "-21",
        RefusalKind.FORBIDDEN: "-22",
        RefusalKind.BAD_SIGNATURE: "-23",
        RefusalKind.STALE_REQUEST: "-24",
        RefusalKind.REPLAYED: "-25",
        RefusalKind.UNAVAILABLE: "-99",
    }
)

# What would end a string for a client that builds SQL, or grow when encoded as JSON.
_TAME: Final = str.maketrans({"'": "’", '"': "”", "\\": "/"})


def answer_members(outcome: Outcome, *, room: int = MAX_ANSWER_CHARACTERS) -> dict[str, str]:
    """Members of the answer. With ``room`` characters for them as one JSON object, a refusal is cut to fit."""
    match outcome:
        case RecordAccepted(record_id_hex=record_id_hex):
            return {"code": "1", "status": "新增成功", "recordid": record_id_hex}
        case TokenIssued(token=token):
            # The interface document misspells the key; clients exist for both spellings.
            return {"code": "1", "status": "获取成功", "access_token": token, "accsss_token": token}
        case EnterpriseRegistered(company_code=company_code):
            return {"code": "1", "status": "注册成功，待审核", "companycode": company_code}
        case Refusal():
            return {"code": CODES[outcome.kind], "status": tell(outcome, room - len('{"code":"-99","status":""}'))}
        case _:
            raise TypeError(type(outcome))


def tell(refusal: Refusal, room: int) -> str:
    """Sentence, detail and remedy of a refusal in at most ``room`` characters, none of which needs an escape."""
    kind = refusal.kind
    detail = f"：{refusal.detail}" if refusal.detail else ""
    return tame(f"{kind.sentence}{detail}。{kind.remedy}", room)


def tame(sentence: str, room: int) -> str:
    """A sentence of at most ``room`` characters, none of which needs an escape or ends a string of SQL."""
    sentence = "".join(character for character in sentence.translate(_TAME) if character.isprintable())
    return sentence if len(sentence) <= room else sentence[: room - 1] + "…"


def encode(document: dict[str, Any]) -> bytes:
    """JSON in UTF-8 as it is: one client looks for 新增成功 in the raw text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
