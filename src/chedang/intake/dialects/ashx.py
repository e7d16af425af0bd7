"""Dialect of Foshan's interface (``….ashx``): token and record, each a GET with JSON in the query string.

What its clients send and read is in docs/reference/dialect-ashx.md. A new client percent-encodes the JSON, an old one
writes it into the request line as it is, in the encoding of its own machine; both are read here. The nine elements of
the header stand flat beside the lists.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from chedang.intake.answers import answer_members, encode
from chedang.intake.dialect import Answer, Dialect, Operation, Wire
from chedang.intake.elements import read_document, read_token_request, read_upload
from chedang.intake.outcomes import (
    ExtraCategory,
    Outcome,
    RefusalKind,
    Refused,
    TokenIssued,
    TokenRequest,
    UploadRequest,
)
from chedang.intake.wire import Members, as_object, as_text

NAME: Final = "ashx"
BASE: Final = "/api"

_DOCUMENTED: Final = {"vehicleplatecolor": ExtraCategory.VEHICLE}
_TOKEN_CHARACTERS: Final = 64
_PIECE_BYTES: Final = 64 * 1024


def parse_token(wire: Wire) -> TokenRequest:
    """``getAccessToken.ashx?companydata=…``. Raises Refused (malformed, or a parameter missing)."""
    envelope = _Envelope(wire, "companydata")
    return read_token_request(envelope.body)


def parse_upload(wire: Wire) -> UploadRequest:
    """``upRepairInfo.ashx?repairdata=…``. Raises Refused for what can never be used."""
    envelope = _Envelope(wire, "repairdata")
    token = _read_token(as_text(envelope.document.get("access_token")))
    return read_upload(token, envelope.body, envelope.body, wrappers=envelope.wrappers, documented=_DOCUMENTED)


class _Envelope:
    """``{access_token, header: {date, time}, body: {…}}``; a client that forgot ``body`` put everything outside."""

    def __init__(self, wire: Wire, parameter: str) -> None:
        self.document = Members(read_document(find_json(wire, parameter)))
        self.document.get("header")  # the client's clock: part of the envelope, nothing to read
        body = self.document.get("body")
        self.body = self.document if body is None else Members(as_object(body, "body"))
        self.wrappers = () if body is None else (self.document,)


def find_json(wire: Wire, parameter: str) -> bytes:
    """The bytes of the JSON document in the query string or, for a POST, in the body.

    Everything behind ``parameter=`` belongs to the document, since a raw one holds ``&`` and ``=`` of its own.
    Raises Refused(MISSING_PARAMETER).
    """
    wanted = re.compile(rb"(?:^|&)%s=" % parameter.encode(), re.IGNORECASE)
    body = wire.body.strip()
    is_form = not body.startswith((b"{", b'"'))
    for source in (wire.query, body if is_form else b""):
        found = wanted.search(source)
        if found is not None:
            return decode_parameter(source[found.end() :])
    if not body:
        raise Refused(RefusalKind.MISSING_PARAMETER, f"{parameter}为空")
    return body


def decode_parameter(value: bytes) -> bytes:
    """Undo the percent-encoding, if there is one, and cut off what follows the document.

    JSON needs quotation marks, and no encoder of query strings leaves them as they are: where they stand, nothing is
    encoded, and a ``%`` or ``+`` of the text is itself.
    """
    if b'"' not in value:
        value = _percent_decode(value)
    end = value.rfind(b"}") if value.lstrip().startswith(b"{") else -1
    return value[: end + 1] if end >= 0 else value


def _percent_decode(value: bytes) -> bytes:
    """Undo the encoding of forms, piece by piece: the library's function makes an object of every escape."""
    pieces = []
    at = 0
    while at < len(value):
        end = at + _PIECE_BYTES
        if end < len(value) and (escape := value.rfind(b"%", end - 2, end)) != -1:
            end = escape
        pieces.append(unquote_to_bytes(value[at:end].replace(b"+", b" ")))
        at = end
    return b"".join(pieces)


def _write_token(token: str) -> str:
    """Clients of this interface know tokens of 64 upper-case hexadecimal characters: ours, twice."""
    return (token + token).upper()


def _read_token(text: str) -> str:
    """Our token out of theirs. Anything else stays as it is, for the authentication to refuse."""
    half = _TOKEN_CHARACTERS // 2
    return text[:half].lower() if len(text) == _TOKEN_CHARACTERS and text[:half] == text[half:] else text


def answer(_operation: str, _request: Any, outcome: Outcome) -> Answer:
    """A JSON object; clients read ``access_token`` in it."""
    if isinstance(outcome, TokenIssued):
        outcome = TokenIssued(_write_token(outcome.token))
    return Answer(encode(answer_members(outcome)))


DIALECT: Final = Dialect(
    name=NAME,
    bases=(BASE,),
    operations=(
        Operation("getAccessToken", "/getAccessToken.ashx", parse_token),
        Operation("upRepairInfo", "/upRepairInfo.ashx", parse_upload),
    ),
    answer=answer,
)
