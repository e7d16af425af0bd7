"""The inspection stations' door, called as they call it; every answer is held against the description of the door."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from chedang.emission import stations
from chedang.emission.model import TestStation
from chedang.gate.emission.app import description_of
from chedang.platform.database import connect
from chedang.terms.dates import day_in_china
from tests.contract.conftest import Gate

TODAY = day_in_china(datetime.now(UTC))
LISTED_ON = TODAY - timedelta(days=30)
DESCRIPTION = description_of()


def key_of_station(gate: Gate, station: TestStation) -> str:
    """List a station and make it a key."""
    now = datetime.now(UTC)
    with connect(gate.database_url) as connection:
        stations.keep(connection, station, by="tests", now=now)
        return stations.make_key(connection, station.station_code, by="tests", now=now)


def call(gate: Gate, key: str, path: str, body: Any = None) -> httpx.Response:
    """One call; its answer fits the description."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    method = "GET" if body is None else "POST"
    content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    url = f"{gate.url}/emission/v1/{path}"
    answer = httpx.request(method, url, content=content, headers=headers, timeout=30)
    name = operation_of(method, f"/emission/v1/{path}")
    assert name is None or unfit(name, answer) == [], answer.text
    return answer


def failed(number: int, **changes: Any) -> dict[str, Any]:
    """A failed test of today."""
    return {
        "report_number": f"3301060126091408300{number:05}",
        "vin": "LZZ1A2B34GA000124",
        "plate_number": "浙A54321",
        "tested_on": TODAY.isoformat(),
        "failed_items": ["CO"],
        "deadline_on": (TODAY + timedelta(days=30)).isoformat(),
    } | changes


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation."""
    for path, item in DESCRIPTION["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def operation_of(method: str, path: str) -> str | None:
    """Which operation is called; ``None``: none that is described."""
    for known, template, operation in operations():
        if known == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return str(operation["operationId"])
    return None


def unfit(name: str, answer: httpx.Response) -> list[str]:
    """What of an answer is not as the description says."""
    (operation,) = (each for _, _, each in operations() if each["operationId"] == name)
    described = operation["responses"].get(str(answer.status_code))
    if described is None:
        return [f"{answer.status_code} is not described"]
    ((media_type, content),) = described["content"].items()
    if answer.headers["content-type"].partition(";")[0] != media_type:
        return [f"{answer.headers['content-type']} is not {media_type}"]
    wrong = [f"{header} is missing" for header in described["headers"] if header not in answer.headers]
    wrong += [error.message for error in closed(content["schema"]).iter_errors(answer.json())]
    if answer.status_code >= 400 and answer.json().get("code") not in content["examples"]:
        wrong.append(f"{answer.json().get('code')} is not described for {answer.status_code}")
    return wrong


def closed(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator that takes no member beyond those of the description, and looks at formats too."""
    schemas = copy.deepcopy(DESCRIPTION["components"]["schemas"])
    for each in schemas.values():
        if "properties" in each:
            each["additionalProperties"] = False
    whole = {"components": {"schemas": schemas}, **schema}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
