"""What intake answers, in words no wire vocabulary knows: requests, successes and the catalogue of refusals (ours).

A refusal loses a record for ever in most clients, so the list is short and each entry says what to do.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from chedang.enterprises.model import RegistrationText
from chedang.records.model import RecordText


class TokenRequest(msgspec.Struct, frozen=True):
    """获取接口调用凭证: who asks, with what password."""

    company_code: str
    password: str


class UploadRequest(msgspec.Struct, frozen=True):
    """新增维修记录: one settled job under a token."""

    token: str
    text: RecordText
    dropped_fields: int
    """Fields beyond the standard that were on the wire and are not kept."""


class RegistrationRequest(msgspec.Struct, frozen=True):
    """维修企业账户注册."""

    text: RegistrationText
    dropped_fields: int


class TokenIssued(msgspec.Struct, frozen=True):
    token: str


class RecordAccepted(msgspec.Struct, frozen=True):
    """The record is committed, now or by an earlier upload of the same content."""

    record_id_hex: str
    is_new: bool


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


class Refused(Exception):
    """Raised inside intake to end a request with a refusal; caught once, in the service or the gate."""

    def __init__(self, kind: RefusalKind, detail: str = "", retry_after_seconds: int | None = None) -> None:
        super().__init__(kind.code)
        self.refusal = Refusal(kind, detail, retry_after_seconds)


Outcome = TokenIssued | RecordAccepted | EnterpriseRegistered | Refusal
