"""Dialect of the provincial interface (``lcippro…``): register, token, add record.

What its clients send and read is in docs/reference/dialect-lcippro.md. The answers of ``code`` and ``status`` are those
of ``intake.answers``.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from chedang.intake.answers import answer_members, encode
from chedang.intake.dialect import Answer, Dialect, Operation
from chedang.intake.elements import read_document, read_registration, read_token_request, read_upload
from chedang.intake.outcomes import Outcome, RecordAccepted, RegistrationRequest, TokenRequest, UploadRequest
from chedang.intake.wire import MAX_ROWS, Members, as_object, as_text, check_structure, is_tidy
from chedang.records.model import PartText, ProjectText, RecordText

NAME: Final = "lcippro"
PATH: Final = "/restservices/lcipprodatarest"


def parse_token(raw: bytes) -> TokenRequest:
    """``lcipprogetaccesstoken``. Raises Refused (malformed, or a parameter missing)."""
    return read_token_request(Members(read_document(raw)))


def parse_upload(raw: bytes) -> UploadRequest:
    """``lcipprocarfixrecordadd``. Raises Refused for what can never be used; everything else is for the rules."""
    check_structure(raw)
    try:
        return _read_plain_upload(_decode_plain(raw))
    except (_NotPlain, msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _read_any_upload(read_document(raw))


class _PlainUpload(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An upload without quirks, which is most of them: decoded in C straight into the record's own types."""

    access_token: str
    basicInfo: RecordText  # noqa: N815 - the wire's own name
    vehiclepartslist: Annotated[tuple[PartText, ...], msgspec.Meta(max_length=MAX_ROWS)]
    repairprojectlist: Annotated[tuple[ProjectText, ...], msgspec.Meta(max_length=MAX_ROWS)]


_decode_plain: Final = msgspec.json.Decoder(_PlainUpload).decode


class _NotPlain(Exception):
    """Some text is not as it is kept: the tolerant reader tidies it."""


def _read_plain_upload(upload: _PlainUpload) -> UploadRequest:
    basic = upload.basicInfo
    text = RecordText(
        basic.company_name, basic.vin, basic.plate_number, basic.repair_date, basic.mileage, basic.settle_date,
        basic.fault_description, basic.settlement_list_number, upload.vehiclepartslist, upload.repairprojectlist,
    )  # fmt: skip
    if basic.parts or basic.projects or not is_tidy(text):
        raise _NotPlain
    return UploadRequest(as_text(upload.access_token), text, dropped_fields=0)


def _read_any_upload(document: dict[str, Any]) -> UploadRequest:
    """Whatever the field sends: members in any case, as values or as JSON text, with strangers among them."""
    members = Members(document)
    token = as_text(members.get("access_token"))
    basic = Members(as_object(members.get("basicInfo"), "basicInfo"))
    return read_upload(token, basic, members)


def parse_registration(raw: bytes) -> RegistrationRequest:
    """``lcipproaccountcompany``, from a client or from the portal's form."""
    return read_registration(Members(read_document(raw)))


def answer(outcome: Outcome) -> bytes:
    """The answer a client reads. Never longer than 200 characters, never with an apostrophe."""
    if isinstance(outcome, RecordAccepted):
        return b'{"code":"1","status":"\xe6\x96\xb0\xe5\xa2\x9e\xe6\x88\x90\xe5\x8a\x9f","recordid":"%s"}' % (
            outcome.record_id_hex.encode()
        )
    return encode(answer_members(outcome))


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
