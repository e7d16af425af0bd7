"""Dialect of the provincial interface (``lcippro…``): register, token, add record.

What its clients send and read is in docs/reference/dialect-lcippro.md. ``code`` is a JSON string, success is ``"1"``;
answers stay within 200 characters and hold no apostrophe, because one client writes them into ``nchar(200)`` by
string-built SQL.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

import msgspec

from chedang.enterprises.model import RegistrationText
from chedang.intake.dialect import Answer, Dialect, Operation
from chedang.intake.outcomes import (
    EnterpriseRegistered,
    Outcome,
    RecordAccepted,
    Refusal,
    RefusalKind,
    Refused,
    RegistrationRequest,
    TokenIssued,
    TokenRequest,
    UploadRequest,
)
from chedang.intake.wire import MAX_ROWS, Members, as_object, as_rows, as_text, check_structure, decode_json
from chedang.records.model import PartText, ProjectText, RecordText

NAME: Final = "lcippro"
PATH: Final = "/restservices/lcipprodatarest"
MAX_ANSWER_CHARACTERS: Final = 200

# The documented codes are 1, -1, -2, -10, -11 and -99; the others are ours, negative as the clients expect.
_CODES: Final = {
    RefusalKind.MISSING_PARAMETER: "-1",
    RefusalKind.EMPTY_RECORD: "-1",
    RefusalKind.NOT_ACCEPTABLE: "-1",
    RefusalKind.MALFORMED: "-2",
    RefusalKind.TOO_LARGE: "-2",
    RefusalKind.TOO_MANY_ROWS: "-2",
    RefusalKind.UNKNOWN_OPERATION: "-3",
    RefusalKind.UNKNOWN_ENTERPRISE: "-10",
    RefusalKind.WRONG_PASSWORD: "-11",
    RefusalKind.BAD_TOKEN: "-12",
    RefusalKind.EXPIRED_TOKEN: "-13",
    RefusalKind.ENTERPRISE_REJECTED: "-14",
    RefusalKind.ALREADY_REGISTERED: "-15",
    RefusalKind.LOCKED: "-16",
    RefusalKind.UNKNOWN_FIELD: "-18",
    RefusalKind.UNKNOWN_RECORD: "-19",
    RefusalKind.RECORD_EXISTS: "-20",
    RefusalKind.CONFLICT: "-21",
    RefusalKind.FORBIDDEN: "-22",
    RefusalKind.UNKNOWN_ACCOUNT: "-10",
    RefusalKind.BAD_SIGNATURE: "-23",
    RefusalKind.STALE_REQUEST: "-24",
    RefusalKind.REPLAYED: "-25",
    RefusalKind.TOO_FAST: "-17",
    RefusalKind.UNAVAILABLE: "-99",
}


# What would end a string for a client that builds SQL, or grow when encoded as JSON.
_TAME: Final = str.maketrans({"'": "’", '"': "”", "\\": "/"})


def parse_token(raw: bytes) -> TokenRequest:
    """``lcipprogetaccesstoken``. Raises Refused (malformed, or a parameter missing)."""
    members = Members(_document(raw))
    request = TokenRequest(
        company_code=as_text(members.get("companycode")),
        password=_password(members.get("companypassword")),
    )
    if not request.company_code:
        raise Refused(RefusalKind.MISSING_PARAMETER, "companycode为空")
    if not request.password:
        raise Refused(RefusalKind.MISSING_PARAMETER, "companypassword为空")
    return request


def parse_upload(raw: bytes) -> UploadRequest:
    """``lcipprocarfixrecordadd``. Raises Refused for what can never be used; everything else is for the rules."""
    check_structure(raw)
    try:
        return _read_plain_upload(_decode_plain(raw))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _read_any_upload(_document(raw))


Scalar = str | int | None


class _PlainPart(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    partsname: Scalar = None
    partscode: Scalar = None
    partsquantity: Scalar = None


class _PlainProject(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    repairproject: Scalar = None
    workinghours: Scalar = None


class _PlainBasic(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    companyname: Scalar = None
    vin: Scalar = None
    vehicleplatenumber: Scalar = None
    repairdate: Scalar = None
    repairmileage: Scalar = None
    settledate: Scalar = None
    faultdescription: Scalar = None
    costlistcode: Scalar = None


class _PlainUpload(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An upload without quirks, which is most of them: decoded in C, an eighth of the tolerant reader's time."""

    access_token: Scalar
    basicInfo: _PlainBasic  # noqa: N815 - the wire's own name
    vehiclepartslist: Annotated[list[_PlainPart], msgspec.Meta(max_length=MAX_ROWS)]
    repairprojectlist: Annotated[list[_PlainProject], msgspec.Meta(max_length=MAX_ROWS)]


_decode_plain: Final = msgspec.json.Decoder(_PlainUpload).decode


def _read_plain_upload(upload: _PlainUpload) -> UploadRequest:
    basic = upload.basicInfo
    text = RecordText(
        as_text(basic.companyname),
        as_text(basic.vin),
        as_text(basic.vehicleplatenumber),
        as_text(basic.repairdate),
        as_text(basic.repairmileage),
        as_text(basic.settledate),
        as_text(basic.faultdescription),
        as_text(basic.costlistcode),
        tuple(
            [
                PartText(as_text(part.partsname), as_text(part.partscode), as_text(part.partsquantity))
                for part in upload.vehiclepartslist
            ]
        ),
        tuple(
            [
                ProjectText(as_text(project.repairproject), as_text(project.workinghours))
                for project in upload.repairprojectlist
            ]
        ),
    )
    return UploadRequest(as_text(upload.access_token), text, dropped_fields=0)


def _read_any_upload(document: dict[str, Any]) -> UploadRequest:
    """Whatever the field sends: members in any case, as values or as JSON text, with strangers among them."""
    members = Members(document)
    token = as_text(members.get("access_token"))
    basic = Members(as_object(members.get("basicInfo"), "basicInfo"))
    parts = [Members(row) for row in as_rows(members.get("vehiclepartslist"), "vehiclepartslist")]
    projects = [Members(row) for row in as_rows(members.get("repairprojectlist"), "repairprojectlist")]
    text = RecordText(
        company_name=as_text(basic.get("companyname")),
        vin=as_text(basic.get("vin")),
        plate_number=as_text(basic.get("vehicleplatenumber")),
        repair_date=as_text(basic.get("repairdate")),
        mileage=as_text(basic.get("repairmileage")),
        settle_date=as_text(basic.get("settledate")),
        fault_description=as_text(basic.get("faultdescription")),
        settlement_list_number=as_text(basic.get("costlistcode")),
        parts=tuple(
            PartText(as_text(row.get("partsname")), as_text(row.get("partscode")), as_text(row.get("partsquantity")))
            for row in parts
        ),
        projects=tuple(
            ProjectText(as_text(row.get("repairproject")), as_text(row.get("workinghours"))) for row in projects
        ),
    )
    holders = (members, basic, *parts, *projects)
    dropped = sum(holder.left_over for holder in holders)
    unknown = tuple(sorted({name for holder in holders for name in holder.names_left_over()})) if dropped else ()
    return UploadRequest(token, text, dropped, unknown_fields=unknown)


def parse_registration(raw: bytes) -> RegistrationRequest:
    """``lcipproaccountcompany``. The portal's form gives the address as an object; it is flattened here."""
    document = _document(raw)
    members = Members(document)
    values = {}
    for wire_name, attribute in _REGISTRATION_FIELDS:
        value = members.get(wire_name)
        if wire_name == "companyaddress" and isinstance(value, dict):
            value = value.get("address")
        values[attribute] = _password(value) if wire_name == "companypassword" else as_text(value)
    return RegistrationRequest(RegistrationText(**values), members.left_over)


# (wire name, attribute) of the registration elements, from the model's own renaming.
_REGISTRATION_FIELDS: Final = tuple(
    (field.encode_name, field.name) for field in msgspec.structs.fields(RegistrationText)
)


def answer(outcome: Outcome) -> bytes:
    """The answer a client reads. Never longer than 200 characters, never with an apostrophe."""
    match outcome:
        case RecordAccepted(record_id_hex=record_id_hex):
            return b'{"code":"1","status":"\xe6\x96\xb0\xe5\xa2\x9e\xe6\x88\x90\xe5\x8a\x9f","recordid":"%s"}' % (
                record_id_hex.encode()
            )
        case TokenIssued(token=token):
            # The interface document misspells the key; clients exist for both spellings.
            members = {"code": "1", "status": "获取成功", "access_token": token, "accsss_token": token}
        case EnterpriseRegistered(company_code=company_code):
            members = {"code": "1", "status": "注册成功，待审核", "companycode": company_code}
        case Refusal():
            members = {"code": _CODES[outcome.kind], "status": _status(outcome)}
        case _:
            raise TypeError(type(outcome))
    return _encode(members)


def _encode(members: dict[str, str]) -> bytes:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()


def _status(refusal: Refusal) -> str:
    """Sentence, detail and remedy, cut so that the whole answer stays within its limit."""
    kind = refusal.kind
    detail = f"：{refusal.detail}" if refusal.detail else ""
    sentence = f"{kind.sentence}{detail}。{kind.remedy}".translate(_TAME)
    sentence = "".join(character for character in sentence if character.isprintable())
    room = MAX_ANSWER_CHARACTERS - len('{"code":"-99","status":""}')
    return sentence if len(sentence) <= room else sentence[: room - 1] + "…"


def _document(raw: bytes) -> dict[str, Any]:
    document = decode_json(raw)
    if isinstance(document, str):  # the whole body once more encoded as JSON text
        document = decode_json(document.encode("utf-8", "replace"))
    if not isinstance(document, dict):
        raise Refused(RefusalKind.MALFORMED, "报文应为JSON对象")
    return document


def _password(value: Any) -> str:
    """A password is taken as it stands: no cleaning that could make two passwords one."""
    return value if isinstance(value, str) else as_text(value)


DIALECT: Final = Dialect(
    name=NAME,
    bases=(PATH,),
    operations=(
        Operation("lcipprogetaccesstoken", "/lcipprogetaccesstoken/query", lambda wire: parse_token(wire.body)),
        Operation("lcipprocarfixrecordadd", "/lcipprocarfixrecordadd/query", lambda wire: parse_upload(wire.body)),
        Operation("lcipproaccountcompany", "/lcipproaccountcompany/query", lambda wire: parse_registration(wire.body)),
    ),
    answer=lambda _operation, _request, outcome: Answer(answer(outcome)),
)
