"""A repair shop's software that speaks the provincial dialect over HTTP, with the quirks of clients in the field.

Written from what those clients send, not from what our gate reads: it shares no code with the gate.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from chedang.enterprises.model import RegistrationText
from chedang.records.model import RecordText

PATH = "/restservices/lcipprodatarest"
REGISTER = "lcipproaccountcompany"
TOKEN = "lcipprogetaccesstoken"  # noqa: S105 - an operation, no secret
ADD_RECORD = "lcipprocarfixrecordadd"

_WHOLE = re.compile("[0-9]{1,18}")
_FRACTION = re.compile(r"[0-9]{1,12}\.[0-9]{1,4}")
_NUMBERS = frozenset({"repairmileage", "costlistcode", "partsquantity", "workinghours"})


@dataclass(frozen=True, slots=True)
class Quirks:
    """How this shop's software departs from the plain form of a request."""

    content_types: tuple[str, ...] = ("application/json",)
    """Sent as that many headers; some clients send the same one twice."""
    members_as_text: bool = False
    """basicInfo and both lists as JSON text inside the JSON."""
    whole_body_as_text: bool = False
    """The whole document once more as JSON text."""
    numbers_as_numbers: bool = False
    key_names: Mapping[str, str] = field(default_factory=dict)
    """Other letter case of some keys, e.g. ``basicInfo`` → ``basicinfo``."""
    extra_basic: Mapping[str, Any] = field(default_factory=dict)
    """Members beyond the standard, inside basicInfo."""
    leave_out_empty: bool = False
    """Empty basic elements are not sent at all."""
    trailing_slash: bool = False
    chunked: bool = False
    expect_continue: bool = False
    trailing_blank_in_dates: bool = False


PLAIN = Quirks()
FIELD_QUIRKS: dict[str, Quirks] = {
    "plain": PLAIN,
    "desktop": Quirks(content_types=("text/plain; charset=utf-8",), expect_continue=True, extra_basic={"gd_id": "7"}),
    "official sample": Quirks(content_types=("application/json", "application/json"), members_as_text=True),
    "chain": Quirks(
        content_types=("application/json; charset=UTF-8",),
        numbers_as_numbers=True,
        chunked=True,
        key_names={"basicInfo": "basicinfo"},
    ),
    "form": Quirks(
        content_types=("text/html",),
        leave_out_empty=True,
        trailing_slash=True,
        key_names={"vehiclepartslist": "vehiclePartsList", "repairprojectlist": "repairProjectList"},
        extra_basic={"vehicleplatecolor": "蓝"},
    ),
    "script": Quirks(trailing_blank_in_dates=True, whole_body_as_text=True),
}
"""Quirks that travel together in clients seen in the field, by what kind of client shows them."""


class ShopSimulator:
    """One shop's software. Not for several threads at once; close it, or use it as a context manager.

    The methods return the answer's JSON. They raise httpx.HTTPError when the line breaks or the status is no success,
    as clients in the field do, and ValueError when the answer is no JSON object. Clients in the field wait three
    seconds; seeding is in no such hurry.
    """

    def __init__(
        self,
        gate_url: str,
        registration: RegistrationText,
        *,
        quirks: Quirks = PLAIN,
        timeout_seconds: float = 30.0,
    ) -> None:
        self.registration = registration
        self.company_code = ""
        self.access_token = ""
        self._quirks = quirks
        headers = {"User-Agent": "repair-shop"}
        self._client = httpx.Client(base_url=gate_url, timeout=timeout_seconds, headers=headers, verify=_trusted())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def register(self) -> dict[str, Any]:
        """维修企业账户注册; remembers the company code of the answer."""
        answer = self._post(REGISTER, msgspec.to_builtins(self.registration))
        self.company_code = str(answer.get("companycode", ""))
        return answer

    def fetch_token(self) -> dict[str, Any]:
        """获取接口调用凭证; remembers the token of the answer."""
        credentials = {"companycode": self.company_code, "companypassword": self.registration.password}
        answer = self._post(TOKEN, credentials)
        self.access_token = str(answer.get("access_token", ""))
        return answer

    def upload(self, text: RecordText) -> dict[str, Any]:
        """新增维修记录, under the token fetched before."""
        return self._post(ADD_RECORD, self._job_document(text))

    def post_raw(self, operation: str, body: bytes) -> httpx.Response:
        """Send any bytes to an operation, with this shop's way of talking HTTP."""
        quirks = self._quirks
        headers = [("Content-Type", content_type) for content_type in quirks.content_types]
        if quirks.expect_continue:
            headers.append(("Expect", "100-continue"))
        path = f"{PATH}/{operation}/query" + ("/" if quirks.trailing_slash else "")
        return self._client.post(path, headers=headers, content=_in_chunks(body) if quirks.chunked else body)

    def _post(self, operation: str, document: dict[str, Any]) -> dict[str, Any]:
        if self._quirks.whole_body_as_text:
            body = json.dumps(json.dumps(document, ensure_ascii=False), ensure_ascii=False)
        else:
            body = json.dumps(document, ensure_ascii=False)
        answer = self.post_raw(operation, body.encode()).raise_for_status().json()
        if not isinstance(answer, dict):
            raise ValueError("the answer is no JSON object")
        return answer

    def _job_document(self, text: RecordText) -> dict[str, Any]:
        elements = msgspec.to_builtins(text)
        parts, projects = elements.pop("vehiclepartslist"), elements.pop("repairprojectlist")
        quirks = self._quirks
        members: dict[str, Any] = {
            "basicInfo": self._basic(elements) | dict(quirks.extra_basic),
            "vehiclepartslist": [self._row(each) for each in parts],
            "repairprojectlist": [self._row(each) for each in projects],
        }
        if quirks.members_as_text:
            members = {key: json.dumps(value, ensure_ascii=False) for key, value in members.items()}
        document = {"access_token": self.access_token} | members
        return {quirks.key_names.get(key, key): value for key, value in document.items()}

    def _basic(self, elements: dict[str, str]) -> dict[str, Any]:
        basic = self._row(elements)
        if self._quirks.trailing_blank_in_dates:
            basic |= {key: f"{basic[key]} " for key in ("repairdate", "settledate")}
        if self._quirks.leave_out_empty:
            basic = {key: value for key, value in basic.items() if value != ""}
        return basic

    def _row(self, elements: dict[str, str]) -> dict[str, Any]:
        if not self._quirks.numbers_as_numbers:
            return dict(elements)
        return {key: _as_number(value) if key in _NUMBERS else value for key, value in elements.items()}


@cache
def _trusted() -> ssl.SSLContext:
    """The machine's trusted roots, read once: a province has many shops."""
    return httpx.create_ssl_context()


def _as_number(text: str) -> int | float | str:
    """The number as a client with typed fields sends it; text that is none stays text."""
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _in_chunks(body: bytes, size_bytes: int = 512) -> Iterator[bytes]:
    for start in range(0, len(body), size_bytes):
        yield body[start : start + size_bytes]
