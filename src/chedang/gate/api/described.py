"""What the handlers' signatures cannot say about the operations: English, bodies, examples and how each can refuse.

A handler without an entry here cannot be served: the description would not be whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chedang.gate.api.bodies import AmendmentBody, RecordBody, VoidBody
from chedang.gate.api.secrets import NewSecret
from chedang.gate.api.shops import NewShop
from chedang.gate.openapi import NDJSON, Body, Described
from chedang.intake.native.answers import OutcomeJson
from chedang.intake.native.reconciling import Statement
from chedang.intake.outcomes import RefusalKind

EVERYWHERE: Final = (RefusalKind.UNAVAILABLE,)
WITH_SECRET: Final = (
    RefusalKind.BAD_TOKEN,
    RefusalKind.EXPIRED_TOKEN,
    RefusalKind.ENTERPRISE_REJECTED,
    RefusalKind.TOO_FAST,
)
WITH_BODY: Final = (RefusalKind.MALFORMED, RefusalKind.TOO_LARGE)

_RECORD: Final = {
    "companyname": "杭州青禾汽车维修有限公司",
    "vin": "LXXAA11A3R1000017",
    "vehicleplatenumber": "浙A12345",
    "repairdate": "20260301",
    "repairmileage": 48210,
    "settledate": "20260302",
    "faultdescription": "更换机油",
    "costlistcode": "JS20260302001",
    "vehiclepartslist": [{"partsname": "机油", "partscode": "OIL-5W30", "partsquantity": 4.5}],
    "repairprojectlist": [{"repairproject": "更换机油", "workinghours": 0.5}],
}
_HELD: Final = {name: str(value) if isinstance(value, int | float) else value for name, value in _RECORD.items()} | {
    "vehiclepartslist": [{"partsname": "机油", "partscode": "OIL-5W30", "partsquantity": "4.5"}],
    "repairprojectlist": [{"repairproject": "更换机油", "workinghours": "0.5"}],
}
_ID: Final = "5b9c1f0e3a7d4c2e8f6a1b0c9d8e7f60"
_AT: Final = "2026-03-02T18:05:11.042000+08:00"
_DIGEST: Final = "9f2c4d" + "0" * 58
_RECEIPT: Final = {
    "recordid": _ID,
    "costlistcode": "JS20260302001",
    "version": 1,
    "state": "active",
    "outcome": "created",
    "received_at": _AT,
    "findings": [],
    "notices": [],
    "claim_code": "7K2M-9QXD-3FHT",
    "claim_url": "https://chedang.example.org/c/7K2M-9QXD-3FHT",
}
_FINDING: Final = {
    "code": "PART_CODE_MISSING",
    "level": "warn",
    "pointer": "/vehiclepartslist/0/partscode",
    "message": "第 1 行配件没有编码。",
    "hint": "请补填配件编码。",
    "documentation": "/findings/PART_CODE_MISSING/",
}
_BATCH: Final = {
    "batch_id": "0e6f4c1a-7d2b-4f3e-9a5c-1b2d3e4f5a6b",
    "state": "done",
    "lines": 2,
    "done": 2,
    "created": 1,
    "unchanged": 0,
    "amended": 0,
    "refused": 1,
    "received_at": _AT,
    "finished_at": _AT,
}
_SENT: Final = Body(RecordBody, _RECORD)
_STORING: Final = (
    *WITH_BODY,
    RefusalKind.TOO_MANY_ROWS,
    RefusalKind.EMPTY_RECORD,
    RefusalKind.NOT_ACCEPTABLE,
    RefusalKind.UNKNOWN_FIELD,
    RefusalKind.CONFLICT,
)

OPERATIONS: Final[Mapping[str, Described]] = {
    "check": Described(
        "Judge a record without storing it",
        {200: "判定 · the judgement"},
        {
            "would": "create",
            "findings": [_FINDING],
            "odometer": {"verdict": "fits", "reasons": []},
            "suggestions": [],
            "notices": [],
        },
        _SENT,
        (*WITH_BODY, RefusalKind.TOO_MANY_ROWS, RefusalKind.FORBIDDEN),
    ),
    "put": Described(
        "Upload a record; safe to repeat",
        {201: "新记录 · created", 200: "内容未变，或成为新版本 · unchanged, or a new version"},
        _RECEIPT,
        _SENT,
        (*_STORING, RefusalKind.FORBIDDEN),
    ),
    "amend": Described(
        "Correct a record, with a reason; brings a void one back",
        {200: "更正后的回执 · the receipt"},
        _RECEIPT | {"version": 2, "outcome": "amended"},
        Body(AmendmentBody, {"reason": "里程抄错", "record": _RECORD}),
        (*_STORING, RefusalKind.MISSING_PARAMETER, RefusalKind.UNKNOWN_RECORD),
    ),
    "void": Described(
        "Let a record no longer count; safe to repeat",
        {200: "作废的回执 · the receipt"},
        _RECEIPT | {"version": 2, "outcome": "voided", "state": "void"},
        Body(VoidBody, {"reason": "结算单开错"}),
        (*WITH_BODY, RefusalKind.MISSING_PARAMETER, RefusalKind.UNKNOWN_RECORD, RefusalKind.CONFLICT),
    ),
    "read": Described(
        "Read a record back, with its history",
        {200: "最新版本 · the newest version"},
        {
            "recordid": _ID,
            "costlistcode": "JS20260302001",
            "version": 1,
            "state": "active",
            "received_at": _AT,
            "findings": [],
            "record": _HELD,
            "versions": [
                {"version": 1, "state": "active", "received_at": _AT, "actor": "", "reason": "", "digest": _DIGEST}
            ],
        },
        refusals=(RefusalKind.UNKNOWN_RECORD,),
    ),
    "list": Described(
        "Read one's own records back, page by page",
        {200: "一页记录 · a page"},
        {
            "records": [
                {
                    "recordid": _ID,
                    "costlistcode": "JS20260302001",
                    "version": 1,
                    "state": "active",
                    "received_at": _AT,
                    "findings": [],
                    "record": _HELD,
                }
            ],
            "next": None,
        },
        refusals=(RefusalKind.MALFORMED,),
    ),
    "batch": Described(
        "Upload up to 10,000 records at once",
        {202: "已落盘，随后逐行办理 · durable, done soon after"},
        {
            "batch_id": _BATCH["batch_id"],
            "status_url": f"/api/v1/batches/{_BATCH['batch_id']}",
            "outcomes_url": f"/api/v1/batches/{_BATCH['batch_id']}/outcomes",
            "lines": 2,
            "notices": [],
        },
        Body(RecordBody, _RECORD, NDJSON),
        (*WITH_BODY, RefusalKind.TOO_MANY_ROWS, RefusalKind.UNKNOWN_FIELD, RefusalKind.CONFLICT, RefusalKind.FORBIDDEN),
    ),
    "batch_state": Described(
        "How far a batch is", {200: "批次状态 · the state"}, _BATCH, refusals=(RefusalKind.UNKNOWN_RECORD,)
    ),
    "batch_outcomes": Described(
        "What became of each line",
        {200: "每行一个结果 · one outcome a line"},
        {
            "line": 1,
            "costlistcode": "JS20260302001",
            "outcome": "created",
            "recordid": _ID,
            "version": 1,
            "findings": [],
            "problem": None,
        },
        refusals=(RefusalKind.MALFORMED, RefusalKind.UNKNOWN_RECORD),
        lines_of=OutcomeJson,
    ),
    "reconciliation": Described(
        "What is held of a day",
        {200: "当日持有 · what is held"},
        {
            "day": "2026-03-02",
            "by": "received",
            "held": 1,
            "void": 0,
            "numbers": [{"recordid": _ID, "costlistcode": "JS20260302001", "digest": _DIGEST, "state": "active"}],
            "next": None,
        },
        refusals=(RefusalKind.MALFORMED,),
    ),
    "reconcile": Described(
        "Compare what was sent on a day with what is held",
        {200: "差异 · the differences"},
        {
            "day": "2026-03-02",
            "by": "received",
            "sent": 2,
            "held": 1,
            "agree": False,
            "missing": ["JS20260302002"],
            "elsewhere": [],
            "unknown": [],
            "different": [],
            "void": [],
            "without_number": 0,
            "truncated": False,
        },
        Body(
            Statement,
            {"sent": 2, "records": [{"costlistcode": "JS20260302001"}, {"costlistcode": "JS20260302002"}]},
        ),
        (*WITH_BODY, RefusalKind.TOO_MANY_ROWS),
    ),
    "secrets": Described(
        "List one's own secrets",
        {200: "密钥，不含其本身 · secrets, without what is secret"},
        {
            "secrets": [
                {
                    "id": "1f2e3d4c",
                    "state": "live",
                    "created_at": _AT,
                    "created_by": "basic",
                    "expires_at": "2026-08-29T18:05:11.042000+08:00",
                    "ended_at": None,
                    "last_used_on": "2026-03-02",
                }
            ],
            "notices": [],
        },
        refusals=(RefusalKind.UNKNOWN_ENTERPRISE, RefusalKind.WRONG_PASSWORD, RefusalKind.LOCKED),
        security=("secret", "password"),
    ),
    "make_secret": Described(
        "Make a secret; shown this once",
        {201: "新密钥 · the new secret"},
        {
            "id": "1f2e3d4c",
            "secret": "cd_1f2e3d4c_" + "x" * 43,
            "expires_at": "2026-08-29T18:05:11.042000+08:00",
            "notices": [],
        },
        Body(NewSecret, {"expires_at": "2026-08-29T00:00:00+08:00"}, is_required=False),
        (
            *WITH_BODY,
            RefusalKind.UNKNOWN_ENTERPRISE,
            RefusalKind.WRONG_PASSWORD,
            RefusalKind.LOCKED,
            RefusalKind.CONFLICT,
            RefusalKind.NOT_ACCEPTABLE,
            RefusalKind.FORBIDDEN,
        ),
        security=("secret", "password"),
    ),
    "end_secret": Described(
        "End a secret at once",
        {204: "已停用 · ended"},
        refusals=(
            RefusalKind.UNKNOWN_ENTERPRISE,
            RefusalKind.WRONG_PASSWORD,
            RefusalKind.LOCKED,
            RefusalKind.UNKNOWN_RECORD,
            RefusalKind.FORBIDDEN,
        ),
        security=("secret", "password"),
    ),
    "changes": Described(
        "Life cycle of the interface",
        {200: "各版本与改动 · versions and changes"},
        {
            "versions": [{"version": "v1", "status": "beta", "since": "2026-11-22", "sunset_on": None}],
            "changes": [{"on": "2026-11-22", "version": "v1", "kind": "added", "what": "首版。"}],
        },
        security=(),
    ),
    "openapi": Described("This description", {200: "OpenAPI 3.1"}, {"openapi": "3.1.0"}, security=()),
    "make_shop": Described(
        "Register a shop to try with",
        {201: "企业编码与第一个密钥 · its code and first secret"},
        {
            "companycode": "330106900000001",
            "secret": "cd_1f2e3d4c_" + "x" * 43,
            "expires_at": "2026-08-29T18:05:11.042000+08:00",
        },
        Body(NewShop, {"companyname": "试用汽车维修有限公司", "companypassword": "a-password-to-try"}),
        (
            *WITH_BODY,
            RefusalKind.NOT_ACCEPTABLE,
            RefusalKind.ALREADY_REGISTERED,
            RefusalKind.CONFLICT,
            RefusalKind.TOO_FAST,
        ),
        security=(),
    ),
}

PARAMETERS: Final[Mapping[str, tuple[str, Any, Mapping[str, Any]]]] = {
    "costlistcode": (
        "结算清单编号，须百分号编码 · number of the settlement list, percent-encoded",
        "JS20260302001",
        {"minLength": 1},
    ),
    "Idempotency-Key": (
        "这次请求的名字：7 天内重发同名请求不会重复办理，同名而内容不同为 409 · a name for this request",
        "3f0c1d52-upload-JS20260302001",
        {"maxLength": 128, "pattern": "^[!-~]*$"},
    ),
    "batch_id": ("批次编号 · number of the batch", _BATCH["batch_id"], {}),
    "from_line": ("从第几行起 · the first line wanted", 1, {}),
    "day": ("日期，北京时间 · a day in China", "2026-03-02", {"format": "date"}),
    "by": ("按收到日或结算日 · by day of receipt or of settlement", "received", {}),
    "received_from": (
        "收到时间不早于，带时区 · received at or after",
        "2026-03-01T00:00:00+08:00",
        {"format": "date-time"},
    ),
    "received_until": ("收到时间早于，带时区 · received before", "2026-03-02T00:00:00+08:00", {"format": "date-time"}),
    "state": ("只要有效或作废的 · active or void ones only", "active", {}),
    "cursor": ("上一页的 next · `next` of the page before", None, {}),
    "limit": ("每页多少条 · rows of a page", 100, {}),
    "secret_id": ("密钥的公开部分，8 位 · its public part", "1f2e3d4c", {"pattern": "^(cd_)?[0-9a-f]{8}$"}),
}
"""Name → what it is, an example, what its schema says besides."""
