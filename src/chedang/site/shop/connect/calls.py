"""A test call: what is sent to the sandbox of this node's gate, over HTTP as software sends it, and what comes back.

Everything goes below ``/sandbox``: another schema of the database, in which no vehicle has a file (ADR 0015).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote

import httpx

from chedang.intake import sandbox
from chedang.intake.dialects import lcippro
from chedang.site.settings import NODE
from chedang.site.shop.connect.gates import families

LONGEST_BODY: Final = 32 * 1024
TOKEN_PLACE: Final = "{access_token}"  # noqa: S105 - a place, no token
_SANDBOX: Final = "/sandbox"
_TIMEOUT: Final = httpx.Timeout(5.0, connect=2.0)
_LONGEST_ANSWER: Final = 64 * 1024
_ANY_HOST: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - what the gate listens on
_MASK: Final = "***"


class WireForm(StrEnum):
    """How the sample is written."""

    NATIVE = "native"
    PROVINCE = "lcippro"


class GateDown(Exception):
    """The gate gave no answer in time."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A shop of the sandbox; with nothing given, the one for everybody."""

    account: str = ""
    """维修企业编码 of the provincial form."""
    key: str = ""
    """The secret of the native interface, or the password of the provincial one."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its answer; secrets masked."""

    title: str
    """A word for the call: ``token``, ``upload``, ``check``."""
    request_line: str
    headers: tuple[str, ...]
    body: str
    status: int
    reason: str
    answer: str


def sample(form: WireForm, *, number: str, today: date) -> str:
    """A record without any fault, written as this form has it."""
    elements: dict[str, Any] = {
        "companyname": "沙箱示范汽车维修有限公司",
        "vin": "LXXAA11A3R1000017",
        "vehicleplatenumber": "浙A12345",
        "repairdate": f"{today:%Y%m%d}",
        "repairmileage": "48210",
        "settledate": f"{today:%Y%m%d}",
        "faultdescription": "更换机油",
        "costlistcode": number,
    }
    lists = {
        "vehiclepartslist": [{"partsname": "机油", "partscode": "OIL-5W30", "partsquantity": "4.5"}],
        "repairprojectlist": [{"repairproject": "更换机油", "workinghours": "0.5"}],
    }
    document = elements | lists
    if form is WireForm.PROVINCE:
        document = {"access_token": TOKEN_PLACE, "basicInfo": elements} | lists
    return json.dumps(document, ensure_ascii=False, indent=2)


def forms_served() -> list[WireForm]:
    """The forms that this node's gate takes."""
    is_served = any(family.dialect.name == lcippro.NAME for family in families())
    return [form for form in WireForm if form is WireForm.NATIVE or is_served]


def send(form: WireForm, body: str, credentials: Credentials) -> list[Call]:
    """Carry the sample to the sandbox; the calls in order, of which the last but ``check`` is the upload.

    Raises GateDown.
    """
    with _client() as client:
        if form is WireForm.NATIVE:
            return [_put(client, body, credentials.key or sandbox.DEMO_SECRET)]
        return _send_as_province(client, body, credentials)


@contextmanager
def _client() -> Iterator[httpx.Client]:
    host = "127.0.0.1" if NODE.host in _ANY_HOST else NODE.host
    host = f"[{host}]" if ":" in host else host
    try:
        with httpx.Client(base_url=f"http://{host}:{NODE.gate_port}", timeout=_TIMEOUT, trust_env=False) as client:
            yield client
    except httpx.TransportError as fault:
        raise GateDown from fault


def _put(client: httpx.Client, body: str, key: str) -> Call:
    document = _read(body)
    number = str(document.get("costlistcode") or "") or "TRY"
    path = f"{_SANDBOX}/api/v1/records/{quote(number, safe='', errors='replace')}"
    return _call(client, "upload", "PUT", path, body, bearer=key)


def _send_as_province(client: httpx.Client, body: str, credentials: Credentials) -> list[Call]:
    family = next(family for family in families() if family.dialect.name == lcippro.NAME)
    base = _SANDBOX + family.bases[0]
    host = family.hosts[0] if family.hosts else ""
    is_own = bool(credentials.account)
    account = credentials.account if is_own else sandbox.DEMO_CODE
    password = credentials.key if is_own else sandbox.DEMO_PASSWORD
    sign_in = json.dumps({"companycode": account, "companypassword": password}, ensure_ascii=False)
    asked = _call(client, "token", "POST", f"{base}/lcipprogetaccesstoken/query", sign_in, hidden=password, host=host)
    token = str(_read(asked.answer).get("access_token") or "")
    asked = _hide(asked, token)
    if not token:
        return [asked]
    path = f"{base}/lcipprocarfixrecordadd/query"
    sent = body.replace(TOKEN_PLACE, token)
    calls = [asked, _call(client, "upload", "POST", path, sent, hidden=token, host=host)]
    if flat := _flat(_read(body)):
        check = f"{_SANDBOX}/api/v1/records/check"
        calls.append(_call(client, "check", "POST", check, flat, bearer=sandbox.DEMO_SECRET))
    return calls


def _flat(document: dict[str, Any]) -> str:
    """The record of the provincial form as the native interface has it; '' where there is none."""
    basic = document.get("basicInfo")
    if not isinstance(basic, dict):
        return ""
    lists = {name: document[name] for name in ("vehiclepartslist", "repairprojectlist") if name in document}
    return json.dumps(basic | lists, ensure_ascii=False, indent=2)


def _call(
    client: httpx.Client,
    title: str,
    method: str,
    path: str,
    body: str,
    *,
    bearer: str = "",
    hidden: str = "",
    host: str = "",
) -> Call:
    headers = {"Content-Type": "application/json", "User-Agent": "chedang-connect-test"}
    headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
    headers |= {"Host": host} if host else {}
    try:
        response = client.request(method, path, content=body.encode("utf-8", "replace"), headers=headers)
    except (httpx.InvalidURL, UnicodeEncodeError) as fault:
        raise GateDown from fault
    shown = (f"Authorization: Bearer {bearer[:12]}{_MASK}",) if bearer else ()
    call = Call(
        title,
        f"{method} {path}",
        ("Content-Type: application/json", *shown),
        body,
        response.status_code,
        response.reason_phrase,
        response.content[:_LONGEST_ANSWER].decode("utf-8", "replace"),
    )
    return _hide(call, hidden)


def _hide(call: Call, secret: str) -> Call:
    if not secret:
        return call
    body, answer = (text.replace(secret, _MASK) for text in (call.body, call.answer))
    return Call(call.title, call.request_line, call.headers, body, call.status, call.reason, answer)


def _read(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):  # the latter: brackets within brackets, by the thousand
        return {}
    return document if isinstance(document, dict) else {}
