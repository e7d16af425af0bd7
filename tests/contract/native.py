"""A client of the native interface: one shop, one secret."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx

from chedang.enterprises import secrets
from chedang.intake.batch_work import BatchWorker
from chedang.platform.database import connect
from chedang.records.rules import judge, load_limits
from chedang.terms.dates import SHANGHAI

FLAWLESS: dict[str, Any] = {
    "companyname": "杭州青禾汽车维修有限公司",
    "vin": "LZZ1A2B32GA000123",
    "vehicleplatenumber": "浙A12345",
    "repairdate": "20260301",
    "repairmileage": "48210",
    "settledate": "20260302",
    "faultdescription": "更换机油",
    "vehiclepartslist": [{"partsname": "机油", "partscode": "5W-30", "partsquantity": "4"}],
    "repairprojectlist": [{"repairproject": "更换机油", "workinghours": "0.5"}],
}


def record(**elements: Any) -> dict[str, Any]:
    return FLAWLESS | elements


@dataclass(frozen=True)
class Client:
    """Calls as one shop."""

    base: str
    secret: str
    timeout_seconds: float = 30

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.secret}"} | more.pop("headers", {})
        return httpx.request(method, self.base + path, headers=headers, timeout=self.timeout_seconds, **more)

    def put(self, number: str, sent: dict[str, Any], **headers: str) -> httpx.Response:
        return self.call("PUT", f"/records/{quote(number, safe='')}", json=sent, headers=headers)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any) -> httpx.Response:
        return self.call("POST", path, json=body)

    def batch(self, lines: list[Any], **headers: str) -> httpx.Response:
        raw = b"".join(
            line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines
        )
        return self.call("POST", "/batches", content=raw, headers=headers)


def make_secret(database_url: str, company_code: str, *, days: int = 180) -> str:
    now = datetime.now(UTC)
    with connect(database_url) as connection:
        return secrets.make(connection, company_code, by="test", now=now, expires_at=now + timedelta(days=days)).text


def work(database_url: str) -> None:
    """Do all waiting batches, as the worker process does."""
    worker = BatchWorker(
        judge=partial(judge, limits=load_limits()), mode_of=lambda _: "compat", clock=lambda: datetime.now(UTC)
    )
    with connect(database_url, autocommit=True) as connection:
        while worker.step(connection):
            pass


def today() -> str:
    return datetime.now(SHANGHAI).date().isoformat()


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of an answer, which must be one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.headers["chedang-api-status"] == "beta"
    told: dict[str, Any] = answer.json()
    assert (told["status"], told["code"]) == (status, code)
    assert told["title"]
    assert told["type"] == f"urn:chedang:problem:{code}"
    return told
