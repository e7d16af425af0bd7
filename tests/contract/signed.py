"""Shops that sign their calls, and a signer written from the interface papers alone."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import httpx

from chedang.enterprises import accounts
from chedang.enterprises.accounts import MachineAccount, SecretBox
from chedang.enterprises.model import AccountKind
from chedang.platform.database import connect
from chedang.platform.keys import node_key
from chedang.records.model import StoredVersion
from chedang.records.store import read_company_records
from tests.contract.conftest import Gate, gate_with_shops

SECRET = "example-shared-secret-0123456789"
VIN = "LXXAA11A3R1000017"
_nonces = count(1)


@contextmanager
def gate_with_accounts(database_url: str, data_dir: Path, **environment: str) -> Iterator[Gate]:
    """A gate whose approved shop holds the appId ``app-1`` and the companyIdentity ``91310000EXAMPLE001``."""
    with gate_with_shops(database_url, data_dir, **environment) as gate:
        box = SecretBox(node_key(data_dir, "machine-secrets"))
        with connect(database_url) as connection:
            for kind, name in ((AccountKind.OPENAPI, "app-1"), (AccountKind.CARLIFE, "91310000EXAMPLE001")):
                account = MachineAccount(kind, name, gate.company_code, "", box.seal(SECRET))
                assert accounts.save(connection, account, now=datetime.now(UTC))
        yield gate


def nonce() -> str:
    """One that no other call of this run uses."""
    return f"{time.time_ns()}{next(_nonces)}"


def openapi_sign(members: dict[str, Any], secret: str = SECRET) -> str:
    """lower-case MD5(content + secret)."""

    def content(values: dict[str, Any]) -> str:
        return "&".join(f"{name}={unquote_plus(text(values[name]))}" for name in sorted(values))

    def text(value: Any) -> str:
        if isinstance(value, dict):
            return content({name: inner for name, inner in value.items() if inner is not None})
        if isinstance(value, list):
            return "&".join(text(element) for element in value)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    signed = {name: value for name, value in members.items() if name != "sign"}
    return hashlib.md5((content(signed) + secret).encode(), usedforsecurity=False).hexdigest()


def openapi_body(secret: str = SECRET, app_id: str = "app-1", sent_at: float | None = None, **members: Any) -> bytes:
    """A signed body as clients send it."""
    common = {"appId": app_id, "nonce": int(nonce()), "timestamp": str(int((sent_at or time.time()) * 1000))}
    document = common | members
    return json.dumps(document | {"sign": openapi_sign(document, secret)}, ensure_ascii=False).encode()


def openapi(gate: Gate, operation: str, body: bytes, base: str = "/openapi") -> dict[str, Any]:
    """Post to an operation; the answer must be of the family's shape."""
    answer = httpx.post(f"{gate.url}{base}/repairRecord/{operation}", content=body, timeout=60)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    assert list(document) == ["code", "message", "data"]
    assert type(document["code"]) is int
    assert document["message"]
    if operation != "queryCompanyErrRepairRecord":
        assert len(answer.text) <= 200
        assert "'" not in answer.text
    return document


def carlife_sign(names: dict[str, str], secret: str = SECRET) -> str:
    """lower-case MD5(secretKey + "|" + the members in the order of their names)."""
    text = secret + "|" + "&".join(f"{name}={names[name]}" for name in sorted(names))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def carlife_common(secret: str = SECRET, sent_at: float | None = None, **signed: str) -> dict[str, str]:
    """companyIdentity, nonce, timestamp and sign; ``signed``: what the signature stands over instead of the first."""
    common = {"nonce": nonce()[-32:], "timestamp": str(int(sent_at or time.time()))}
    identity = {"companyIdentity": "91310000EXAMPLE001"}
    return identity | common | {"sign": carlife_sign((signed or identity) | common, secret)} | signed


def records(gate: Gate, number: str, company_code: str | None = None) -> list[StoredVersion]:
    """Newest versions of the shop's records with this number."""
    with connect(gate.database_url) as connection:
        found = read_company_records(connection, company_code or gate.company_code)
    return [version for version in found if version.settlement_list_number == number]


def rows(gate: Gate, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What a table holds."""
    with connect(gate.database_url) as connection:
        return connection.execute(statement, values).fetchall()  # type: ignore[call-overload, no-any-return]
