"""Dialect of the signed three-step interface (``openapi``, 新电子健康档案 V1.0.0 of 2021-06-22).

What its clients send and read is in docs/reference/dialect-openapi.md. ``code`` is a JSON number, success is 0. One
client writes the raw answer into ``nchar(200)`` by string-built SQL and its code into an integer column: answers to
uploads stay within 200 characters and hold no apostrophe. The answer to the error query is a list and may be longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

from chedang.enterprises.model import AccountKind
from chedang.intake.answers import MAX_ANSWER_CHARACTERS, encode, tame, tell
from chedang.intake.dialect import Answer, Dialect, Operation, Wire
from chedang.intake.dialects.openapi_signature import signed_content
from chedang.intake.outcomes import Extra, ExtraCategory, Outcome, Refusal, RefusalKind, Refused, Signature
from chedang.intake.signatures import md5_so_far, read_timestamp
from chedang.intake.steps import Complaint, FaultyRecords, FaultyRecordsQuery, OrderStep, StepKind, StepTaken
from chedang.intake.wire import Members, as_rows, as_text, decode_json
from chedang.records.catalogue import describe
from chedang.records.model import Finding, PartText, ProjectText, RecordText, StoredVersion
from chedang.terms.codes import FUEL
from chedang.terms.dates import parse_day

NAME: Final = "openapi"

MAX_PHOTO_BYTES: Final = 5 * 1024 * 1024
# More escapes than any text has; what decodes them makes an object of each.
_MOST_ESCAPES: Final = 500_000

CODES: Final = {
    RefusalKind.MALFORMED: 108,
    RefusalKind.TOO_LARGE: 112,
    RefusalKind.TOO_MANY_ROWS: 108,
    RefusalKind.MISSING_PARAMETER: 107,
    RefusalKind.EMPTY_RECORD: 106,
    RefusalKind.UNKNOWN_OPERATION: 109,
    RefusalKind.UNKNOWN_ENTERPRISE: 115,
    RefusalKind.WRONG_PASSWORD: 103,
    RefusalKind.LOCKED: 115,
    RefusalKind.BAD_TOKEN: 101,
    RefusalKind.EXPIRED_TOKEN: 101,
    RefusalKind.ENTERPRISE_REJECTED: 102,
    RefusalKind.ALREADY_REGISTERED: 100,
    RefusalKind.NOT_ACCEPTABLE: 108,
    RefusalKind.UNKNOWN_FIELD: 108,
    RefusalKind.UNKNOWN_RECORD: 2003,
    RefusalKind.RECORD_EXISTS: 2004,
    RefusalKind.CONFLICT: 2004,
    RefusalKind.FORBIDDEN: 102,
    RefusalKind.UNKNOWN_ACCOUNT: 3025,
    RefusalKind.BAD_SIGNATURE: 104,
    RefusalKind.STALE_REQUEST: 105,
    RefusalKind.REPLAYED: 114,
    RefusalKind.TOO_FAST: 999,
    RefusalKind.UNAVAILABLE: 113,
}
# What the paper calls a fault of one element: by the last part of the finding's pointer, and for a list as a whole.
_ELEMENT_CODES: Final = {
    "vehicleplatenumber": (2000, "车牌号错误"),
    "vin": (2001, "车辆识别码错误"),
    "costlistcode": (2002, "工单号错误"),
    "repairprojectlist": (2005, "维修项目不能为空"),
    "repairproject": (2005, "维修项目不能为空"),
    "partsquantity": (2006, "维修材料数量不能小于1"),
}
_COMPLAINT_CODES: Final = {
    "2007": "车辆照片不能超过5M",
    "2008": "行驶证照片不能超过5M",
    "2009": "燃料类型错误，请确认后重新上传",
    "2010": "使用性质错误，请确认后重新上传",
}
_FUEL_CODES: Final = frozenset(FUEL) | {"R"}  # R 二甲醚: in the paper, not in the common table
_USE_CODES: Final = frozenset({"1", "2"})

_PLAIN_EXTRAS: Final = (
    ("serviceType", ExtraCategory.JOB),
    ("fuelType", ExtraCategory.VEHICLE),
    ("requirement", ExtraCategory.JOB),
    ("natureOfUse", ExtraCategory.VEHICLE),
    ("totalCost", ExtraCategory.PRICE),
)
_PHOTOS: Final = (("carPhoto", "2007"), ("drivingPermitPhoto", "2008"))


class _Call:
    """The members of one signed call while they are read."""

    def __init__(self, wire: Wire) -> None:
        document = _document(wire.body)
        self.members = Members({name.strip(): value for name, value in document.items()})
        self.signature = _signature(self.members, document, wire.path)
        self._rows: list[Members] = []
        self._extras: list[Extra] = []
        self._complaints: list[Complaint] = []

    def text(self, name: str) -> str:
        return as_text(self.members.get(name))

    def order_code(self) -> str:
        return self.text("orderCode")

    def take_extras(self) -> None:
        """Fields of this paper beyond the 13 elements, and what a strict node has against them."""
        for name, category in _PLAIN_EXTRAS:
            if value := self.text(name):
                self._extras.append(Extra(category, name, value))
                self._complain(name, value)
        for name, code in _PHOTOS:
            if photo := self.text(name):
                self._extras.append(Extra(ExtraCategory.PHOTOGRAPH, name, photo))
                if len(photo) * 3 // 4 > MAX_PHOTO_BYTES:
                    self._complaints.append(Complaint(code, _COMPLAINT_CODES[code]))

    def _complain(self, name: str, value: str) -> None:
        if name == "fuelType" and value.upper() not in _FUEL_CODES:
            self._complaints.append(Complaint("2009", _COMPLAINT_CODES["2009"]))
        if name == "natureOfUse" and value not in _USE_CODES:
            self._complaints.append(Complaint("2010", _COMPLAINT_CODES["2010"]))

    def lists(self) -> dict[str, tuple[Any, ...]]:
        """Items and their parts as our two lists; nothing when the call has no list at all."""
        raw = self.members.get("repairProjectList")
        if raw is None:
            return {}
        parts: list[PartText] = []
        projects: list[ProjectText] = []
        for number, row in enumerate(as_rows(raw, "repairProjectList")):
            at = f"repairProjectList/{number}/"
            project = self._row(row)
            projects.append(ProjectText(as_text(project.get("projectName")), as_text(project.get("workingHours"))))
            self._row_extras(project, at, ("projectType",))
            for place, part in enumerate(as_rows(project.get("repairPartList"), "repairPartList")):
                parts.append(self._part(part, f"{at}repairPartList/{place}/"))
        return {"parts": tuple(parts), "projects": tuple(projects)}

    def _part(self, row: dict[str, Any], at: str) -> PartText:
        part = self._row(row)
        self._row_extras(part, at, ("brandName", "partType", "unit"))
        return PartText(as_text(part.get("partName")), as_text(part.get("partCode")), as_text(part.get("partQty")))

    def _row(self, row: dict[str, Any]) -> Members:
        members = Members({name.strip(): value for name, value in row.items()})
        self._rows.append(members)
        return members

    def _row_extras(self, row: Members, at: str, names: tuple[str, ...]) -> None:
        for name in names:
            if value := as_text(row.get(name)):
                self._extras.append(Extra(ExtraCategory.JOB, at + name, value))

    def step(self, kind: StepKind, order_key: str, values: Mapping[str, Any]) -> OrderStep:
        """The step, once everything has been read."""
        unknown = {name for holder in (self.members, *self._rows) for name in holder.names_left_over()}
        left_over = sum(holder.left_over for holder in (self.members, *self._rows))
        return OrderStep(
            signature=self.signature,
            family=NAME,
            order_key=order_key,
            kind=kind,
            text=RecordText(**values),
            given=tuple(values),
            dropped_fields=left_over + len(self._extras),
            unknown_fields=tuple(sorted(unknown)),
            extras=tuple(self._extras),
            complaints=tuple(self._complaints),
        )


def parse_insert(wire: Wire) -> OrderStep:
    """接车. Raises Refused for what can never be used; everything else is for the rules."""
    call = _Call(wire)
    values = {
        "vin": call.text("vin"),
        "plate_number": call.text("vpn"),
        "repair_date": call.text("repairTime"),
        "mileage": call.text("repairMileage"),
        "fault_description": call.text("faultDesc"),
        "settlement_list_number": call.order_code(),
    }
    call.take_extras()
    return call.step(StepKind.OPEN, values["settlement_list_number"], values)


def parse_items(wire: Wire) -> OrderStep:
    """配件: replaces the lists of the order."""
    call = _Call(wire)
    return call.step(StepKind.CHANGE, call.order_code(), call.lists())


def parse_settlement(wire: Wire) -> OrderStep:
    """结算."""
    call = _Call(wire)
    values = {"settle_date": call.text("payTime")}
    call.take_extras()
    return call.step(StepKind.SETTLE, call.order_code(), values)


def parse_correction(wire: Wire) -> OrderStep:
    """更新错误信息: what is empty is not given, since a client leaves out what it does not know."""
    call = _Call(wire)
    values: dict[str, Any] = {
        "vin": call.text("vin"),
        "plate_number": call.text("vpn"),
        "repair_date": call.text("repairTime"),
        "settle_date": call.text("payTime"),
        **call.lists(),
    }
    return call.step(StepKind.CORRECT, call.order_code(), {name: value for name, value in values.items() if value})


def parse_query(wire: Wire) -> FaultyRecordsQuery:
    """查询错误信息: the signature says whose."""
    return FaultyRecordsQuery(_Call(wire).signature)


def _document(body: bytes) -> dict[str, Any]:
    if body.count(b"%") > _MOST_ESCAPES:
        raise Refused(RefusalKind.MALFORMED, "百分号过多")
    document = decode_json(body)
    if not isinstance(document, dict):
        raise Refused(RefusalKind.MALFORMED, "报文应为JSON对象")
    return document


def _signature(members: Members, document: dict[str, Any], path: str) -> Signature:
    texts = {name: as_text(members.get(name)) for name in ("appId", "nonce", "timestamp", "sign")}
    for name, text in texts.items():
        if not text:
            raise Refused(RefusalKind.MISSING_PARAMETER, f"{name}为空")
    return Signature(
        kind=AccountKind.OPENAPI,
        account=texts["appId"],
        before=md5_so_far(signed_content(document).encode("utf-8", "replace")),
        after=b"",
        digest=texts["sign"].lower(),
        nonce=texts["nonce"],
        sent_at=moment(texts["timestamp"]),
        path=path,
    )


def moment(timestamp: str) -> datetime:
    """When the call was made. Raises Refused(MISSING_PARAMETER)."""
    sent_at = read_timestamp(timestamp)
    if sent_at is None:
        raise Refused(RefusalKind.MISSING_PARAMETER, "timestamp应为1970年以来的毫秒数或秒数")
    return sent_at


def answer(_operation: str, request: Any, outcome: Outcome) -> Answer:
    """``code`` (a number), ``message``, ``data``."""
    match outcome:
        case StepTaken():
            return _answer(0, "调用成功")
        case FaultyRecords(versions=versions):
            return _answer(0, "调用成功", [row for version in versions for row in _faulty_rows(version)])
        case Refusal():
            return _refuse(request, outcome)
        case _:
            raise TypeError(type(outcome))


def _refuse(request: Any, refusal: Refusal) -> Answer:
    code = CODES[refusal.kind]
    room = MAX_ANSWER_CHARACTERS - len('{"code":9999,"message":"","data":null}')
    sentence = tell(refusal, room)
    if refusal.kind is RefusalKind.NOT_ACCEPTABLE:
        if refusal.findings:
            code, sentence = _name_finding(refusal.findings, code)
        elif isinstance(request, OrderStep) and request.complaints:
            code, sentence = int(request.complaints[0].code), request.complaints[0].sentence
    return _answer(code, tame(sentence, room))


def _name_finding(findings: tuple[Finding, ...], otherwise: int) -> tuple[int, str]:
    """The paper's code for the first finding that refuses, and a sentence."""
    finding = next(each for each in findings if each.level == "error")
    code, words = _ELEMENT_CODES.get(finding.field.rpartition("/")[2], (otherwise, "参数错误"))
    return code, f"{words}：{describe(finding).text}"


def _answer(code: int, message: str, data: list[dict[str, str]] | None = None) -> Answer:
    return Answer(encode({"code": code, "message": message, "data": data}))


def _faulty_rows(version: StoredVersion) -> list[dict[str, str]]:
    """One record in the paper's flat shape: a row for each item beside each part, the record's own fields in all."""
    text = version.text
    record = {
        "orderCode": text.settlement_list_number,
        "vin": text.vin,
        "vpn": text.plate_number,
        "repairTime": _as_time(text.repair_date),
    }
    rows = list(zip_longest(text.projects, text.parts)) or [(None, None)]
    return [
        record
        | {
            "projectName": project.name if project else "",
            "projectType": "",
            "workingHours": project.hours if project else "",
            "partName": part.name if part else "",
            "partType": "",
            "partCode": part.code if part else "",
            "partQty": part.quantity if part else "",
            "unit": "",
        }
        for project, part in rows
    ]


def _as_time(text: str) -> str:
    """``yyyy-MM-dd HH:mm:ss`` where the text is a day without a time, else as it was received."""
    day = parse_day(text)
    return f"{day} 00:00:00" if day is not None and len(text) <= len("yyyy-MM-dd") else text


DIALECT: Final = Dialect(
    name=NAME,
    bases=("/openapi", "/api/openapi"),
    operations=(
        Operation("insert", "/repairRecord/insert", parse_insert),
        Operation("updateRepairItemByOrderCode", "/repairRecord/updateRepairItemByOrderCode", parse_items),
        Operation("updateSettleInfoByOrderCode", "/repairRecord/updateSettleInfoByOrderCode", parse_settlement),
        Operation("updateRepairInfoByOrderCode", "/repairRecord/updateRepairInfoByOrderCode", parse_correction),
        Operation("queryCompanyErrRepairRecord", "/repairRecord/queryCompanyErrRepairRecord", parse_query),
    ),
    answer=answer,
)
