"""What intake answers, in words no wire vocabulary knows: requests, successes and the catalogue of refusals (ours).

A refusal loses a record for ever in most clients, so the list is short and each entry says what to do.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

import msgspec

from chedang.enterprises.model import AccountKind, RegistrationText
from chedang.records.model import Finding, RecordText


class ExtraCategory(StrEnum):
    """What a field beyond the 13 elements is about. A node keeps a category only on a named legal basis (ADR 0012)."""

    OWNER = "owner"
    CONTACT = "contact"
    ENGINE_NUMBER = "engine_number"
    PRICE = "price"
    PHOTOGRAPH = "photograph"
    VEHICLE = "vehicle"
    INSPECTION = "inspection"
    JOB = "job"


class Extra(msgspec.Struct, frozen=True):
    """One field that a wire vocabulary has beyond the 13 elements: counted, and kept only on a legal basis."""

    category: ExtraCategory
    name: str
    """The wire's own name, with the row for a field of a list: ``carpartslist/0/partscost``."""
    value: str | bytes


class TokenRequest(msgspec.Struct, frozen=True):
    """获取接口调用凭证: who asks, with what password."""

    company_code: str
    """The shop's code, or a user name that stands for it."""
    password: str


class Signature(msgspec.Struct, frozen=True):
    """Proof of a shared secret on one call: hexadecimal MD5 over ``before`` + secret + ``after``."""

    kind: AccountKind
    account: str
    before: Any
    """Bytes, or the MD5 so far where they are many: a call with photographs is not to be held twice."""
    after: bytes
    digest: str
    nonce: str
    sent_at: datetime
    path: str
    """Replays are looked for per path: one client signs three calls with one nonce."""
    other_forms: tuple[tuple[bytes, bytes], ...] = ()
    """Further pairs of ``before`` and ``after`` that are as good, where a paper contradicts itself."""


class UploadRequest(msgspec.Struct, frozen=True):
    """新增维修记录: one settled job under a token."""

    token: str
    text: RecordText
    dropped_fields: int
    """Fields beyond the 13 elements that were on the wire; ``extras`` are among them."""
    on_behalf_of: str = ""
    """维修企业编码 of the shop, where the token is a chain's; empty: the token's own enterprise."""
    unknown_fields: tuple[str, ...] = ()
    """Names of fields that the vocabulary does not have at all: a strict node refuses the record for them."""
    extras: tuple[Extra, ...] = ()
    echo: tuple[tuple[str, str], ...] = ()
    """What the answer gives back as it came."""


class BatchRequest(msgspec.Struct, frozen=True):
    """Several uploads in one call; an element that could not be read is a refusal."""

    items: tuple[UploadRequest | Refusal, ...]


class RegistrationRequest(msgspec.Struct, frozen=True):
    """维修企业账户注册."""

    text: RegistrationText
    dropped_fields: int
    unknown_fields: tuple[str, ...] = ()
    """As in :class:`UploadRequest`."""


class ClockRequest(msgspec.Struct, frozen=True):
    """What time is it? For clients that put the node's time into their requests."""


class ClockRead(msgspec.Struct, frozen=True):
    """Milliseconds since 1970 in UTC."""

    unix_ms: int


class TokenIssued(msgspec.Struct, frozen=True):
    token: str


class RecordAccepted(msgspec.Struct, frozen=True):
    """The record is committed, now or by an earlier upload of the same content."""

    record_id_hex: str
    is_new: bool
    version: int | None = None
    """``None`` when nothing changed."""
    findings: tuple[Finding, ...] = ()


class BatchDone(msgspec.Struct, frozen=True):
    """One outcome per element, in order."""

    outcomes: tuple[RecordAccepted | Refusal, ...]


class EnterpriseRegistered(msgspec.Struct, frozen=True):
    company_code: str


class RefusalKind(Enum):
    """(stable code, Chinese sentence, what to do, HTTP status when a retry is wanted)."""

    MALFORMED = ("MALFORMED", "参数格式不对", "请检查报文是否为完整的JSON", 200)
    TOO_LARGE = ("TOO_LARGE", "报文过大", "单次报文不超过16MB", 200)
    TOO_MANY_ROWS = ("TOO_MANY_ROWS", "明细行数过多", "一条记录的配件和项目各不超过上限", 200)
    MISSING_PARAMETER = ("MISSING_PARAMETER", "参数无效", "请补上缺少的参数", 200)
    EMPTY_RECORD = ("EMPTY_RECORD", "参数无效", "记录里没有任何内容", 200)
    UNKNOWN_OPERATION = ("UNKNOWN_OPERATION", "接口不存在", "请核对接口地址", 404)
    UNKNOWN_ENTERPRISE = ("UNKNOWN_ENTERPRISE", "企业不存在", "请核对企业编码或先注册", 200)
    WRONG_PASSWORD = ("WRONG_PASSWORD", "密码错误", "请核对密码", 200)
    LOCKED = ("LOCKED", "密码错误次数过多", "请稍后再试", 200)
    BAD_TOKEN = ("BAD_TOKEN", "凭证无效", "请重新获取access_token", 200)
    EXPIRED_TOKEN = ("EXPIRED_TOKEN", "凭证已过期", "请重新获取access_token", 200)
    ENTERPRISE_REJECTED = ("ENTERPRISE_REJECTED", "企业审核未通过", "请联系当地交通运输主管部门", 200)
    ALREADY_REGISTERED = ("ALREADY_REGISTERED", "企业已注册", "请用原编码和密码,或联系主管部门找回", 200)
    NOT_ACCEPTABLE = ("NOT_ACCEPTABLE", "参数无效", "请按提示改正后重新上传", 200)
    UNKNOWN_FIELD = ("UNKNOWN_FIELD", "含有标准以外的字段", "请去掉提示的字段后重新上传", 200)
    UNKNOWN_RECORD = ("UNKNOWN_RECORD", "维修记录不存在", "请核对记录编号或结算清单编号", 200)
    RECORD_EXISTS = ("RECORD_EXISTS", "维修记录已存在", "请改用更正接口", 200)
    CONFLICT = ("CONFLICT", "与已有内容不一致", "请核对后用新的编号或更正接口", 200)
    FORBIDDEN = ("FORBIDDEN", "没有权限", "请按说明办理或联系主管部门", 200)
    UNKNOWN_ACCOUNT = ("UNKNOWN_ACCOUNT", "账户不存在", "请核对账户标识", 200)
    BAD_SIGNATURE = ("BAD_SIGNATURE", "签名错误", "请按签名规则核对密钥与内容", 200)
    STALE_REQUEST = ("STALE_REQUEST", "调用时间过期", "请校准本机时钟后重试", 200)
    REPLAYED = ("REPLAYED", "重复提交", "每次调用请使用新的随机数", 200)
    TOO_FAST = ("TOO_FAST", "上传过快", "请稍后重试", 429)
    UNAVAILABLE = ("UNAVAILABLE", "系统繁忙", "请稍后重试", 503)

    def __init__(self, code: str, sentence: str, remedy: str, http_status: int) -> None:
        self.code = code
        self.sentence = sentence
        self.remedy = remedy
        self.http_status = http_status


class Refusal(msgspec.Struct, frozen=True):
    """A request that got nothing done. ``detail`` names the field or limit; never personal data."""

    kind: RefusalKind
    detail: str = ""
    retry_after_seconds: int | None = None
    findings: tuple[Finding, ...] = ()
    """What the rules found, where they refused the record."""


class Refused(Exception):
    """Raised inside intake to end a request with a refusal; caught once, in the gate."""

    def __init__(
        self,
        kind: RefusalKind,
        detail: str = "",
        retry_after_seconds: int | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        super().__init__(kind.code)
        self.refusal = Refusal(kind, detail, retry_after_seconds, findings)


Outcome = msgspec.Struct
"""A success of some flow (each flow defines its own) or a :class:`Refusal`."""
