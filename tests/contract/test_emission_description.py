"""The description of the inspection stations' door: valid, whole, and true of what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
from openapi_spec_validator import validate

from chedang.emission.model import Misstated, Reason, TestStation, TicketState
from chedang.emission.reading import read_failed_test, read_question, read_retest
from chedang.gate.api.problems import STATUS
from chedang.gate.emission.answers import WORDS, PermitJson
from chedang.gate.emission.app import HANDLERS
from chedang.gate.emission.described import INTERFACE, MOST_TESTS
from chedang.intake.outcomes import RefusalKind
from tests.contract.conftest import Gate
from tests.contract.emission_door import (
    DESCRIPTION,
    LISTED_ON,
    TODAY,
    call,
    closed,
    failed,
    key_of_station,
    operations,
)

STATION = "I-330106-78"
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(scope="module")
def key(gate: Gate) -> str:
    """Of a listed station."""
    return key_of_station(gate, TestStation(STATION, "拱墅检测站", "330105", False, LISTED_ON, None))


def result(number: int, **changes: Any) -> dict[str, Any]:
    told = {"result": "passed", "retest_number": f"3301060126092008300{number:05}", "tested_on": TODAY.isoformat()}
    return {name: failed(number)[name] for name in ("report_number", "vin")} | told | changes


def question(number: int, **changes: Any) -> dict[str, Any]:
    return {name: failed(number)[name] for name in ("report_number", "vin")} | changes


def contents(node: Any) -> Iterator[dict[str, Any]]:
    """Every media type with a schema, wherever it stands."""
    if isinstance(node, dict):
        yield from node.get("content", {}).values()
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from contents(value)


def is_told_twice(text: str) -> bool:
    """Chinese first, English after it?"""
    chinese, _, english = text.partition("· ")
    return any("一" <= character <= "鿿" for character in chinese) and any(
        character.isascii() and character.isalpha() for character in english
    )


def test_the_description_is_openapi_and_is_served_to_anybody(gate: Gate) -> None:
    assert DESCRIPTION["openapi"].startswith("3.1")
    validate(DESCRIPTION)
    assert call(gate, "", "openapi.json").json() == DESCRIPTION


def test_what_is_served_is_described_and_what_is_described_is_served() -> None:
    names = {handler.name for handler in HANDLERS}
    assert names == set(INTERFACE.operations) == {operation["operationId"] for _, _, operation in operations()}
    used = {parameter["name"] for _, _, operation in operations() for parameter in operation["parameters"]}
    assert used == set(INTERFACE.parameters)


def test_every_operation_parameter_and_member_is_told_in_both_languages() -> None:
    for _, _, operation in operations():
        texts = [operation["summary"], *(each["description"] for each in operation["parameters"])]
        texts += [answer["description"] for status, answer in operation["responses"].items() if int(status) >= 400]
        assert all(map(is_told_twice, texts)), texts
        assert operation["tags"]
    for name, shape in DESCRIPTION["components"]["schemas"].items():
        assert is_told_twice(shape["description"]), name
        for member, schema in shape.get("properties", {}).items():
            assert member in {"type", "outcomes"} or is_told_twice(schema["description"]), (name, member)


def test_every_example_has_the_shape_it_is_an_example_of() -> None:
    checked = 0
    for content in contents(DESCRIPTION["paths"]):
        for example in [each["value"] for each in content.get("examples", {}).values()] or [content["example"]]:
            assert [error.message for error in closed(content["schema"]).iter_errors(example)] == [], example
            checked += 1
    assert checked > 25


def test_every_described_refusal_happens_and_every_answer_fits(gate: Gate, key: str) -> None:
    foreign = {"station_code": "I-OTHER"}
    large, unread = b'"' + b"x" * 1024 * 1024 + b'"', b"{"
    unknown = question(9, report_number="9" * 24)
    calls: list[tuple[str, str, str, Any]] = [  # operation, key, path, body
        ("failed_tests", key, "failed-tests", failed(1, vin="LZZ1A2B34GA000125")),
        ("failed_tests", key, "failed-tests", [failed(1, vin="LZZ1A2B34GA000125"), failed(2, vin="?"), 7]),
        ("failed_tests", "", "failed-tests", failed(1)),
        ("failed_tests", key, "failed-tests", unread),
        ("failed_tests", key, "failed-tests", large),
        ("failed_tests", key, "failed-tests", [failed(1)] * (MOST_TESTS + 1)),
        ("failed_tests", key, "failed-tests", {}),
        ("failed_tests", key, "failed-tests", failed(1, **foreign)),
        ("failed_tests", key, "failed-tests", failed(1)),  # the number is another vehicle's
        ("retest_permit", key, f"retest-permits/{failed(1)['report_number']}", None),
        ("retest_permit", "ci_no", f"retest-permits/{failed(1)['report_number']}", None),
        ("retest_permit", key, f"retest-permits/{'9' * 24}", None),
        ("retest_permit", key, "retest-permits/%20", None),
        ("ask_permit", key, "retest-permits", question(1, vin="LZZ1A2B34GA000125")),
        ("ask_permit", "", "retest-permits", question(1)),
        ("ask_permit", key, "retest-permits", unread),
        ("ask_permit", key, "retest-permits", large),
        ("ask_permit", key, "retest-permits", []),
        ("ask_permit", key, "retest-permits", unknown),
        ("results", key, "results", result(1, vin="LZZ1A2B34GA000125")),
        ("results", key, "results", result(1, vin="LZZ1A2B34GA000125")),
        ("results", "", "results", result(1)),
        ("results", key, "results", unread),
        ("results", key, "results", large),
        ("results", key, "results", {"result": "?"}),
        ("results", key, "results", result(1) | unknown),
        ("results", key, "results", result(1, **foreign)),
        ("results", key, "results", result(1, vin="LZZ1A2B34GA000125", retest_number="OTHER-1")),
        ("retest_permit", key, f"retest-permits/{failed(1)['report_number']}", None),
    ]
    seen = {(name, _told(call(gate, used, path, body))) for name, used, path, body in calls}
    asked = {name: (used, path, body) for name, used, path, body in reversed(calls) if used == key}
    with psycopg.connect(gate.database_url) as busy, ThreadPoolExecutor(len(asked)) as threads:
        busy.execute("lock table emission_station_key")
        for name, answer in zip(asked, threads.map(lambda each: call(gate, *each), asked.values()), strict=True):
            seen.add((name, _told(answer)))
    described = {
        (operation["operationId"], code)
        for _, _, operation in operations()
        for status, answer in operation["responses"].items()
        for code in (next(iter(answer["content"].values()))["examples"] if int(status) >= 400 else [status])
        if operation["operationId"] != "openapi"  # needs no database
    }
    assert seen == described


def _told(answer: httpx.Response) -> str:
    """The code of a problem, else the status."""
    return str(answer.json()["code"]) if answer.status_code >= 400 else str(answer.status_code)


def test_a_refusal_stands_under_the_status_of_its_code() -> None:
    status_of = {kind.code: status for kind, status in STATUS.items()}
    for _, _, operation in operations():
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                (problem,) = answer["content"].values()
                assert {status_of[code] for code in problem["examples"]} == {int(status)}
                assert {each["value"]["status"] for each in problem["examples"].values()} == {int(status)}
                assert ("Retry-After" in answer["headers"]) == (status == "503")
    assert set(INTERFACE.refusal_words) >= {
        RefusalKind[code]
        for _, _, operation in operations()
        for answer in operation["responses"].values()
        for content in answer["content"].values()
        for code in content.get("examples", {})
        if code in RefusalKind.__members__
    }


def test_every_answer_to_whether_a_car_may_be_tested_again_fits() -> None:
    fits = closed({"$ref": "#/components/schemas/PermitJson"})
    for state in TicketState:
        for reason in (msgspec.UNSET, *Reason):
            told = PermitJson("R-1", "not_yet", state, TODAY, reason, WORDS[reason] if reason else "", date(2026, 1, 2))
            fits.validate(msgspec.json.decode(msgspec.json.encode(told)))


@pytest.mark.parametrize(
    ("member", "taken", "refused"),
    [
        ("report_number", ["A1B2", "9" * 40, "33-01"], ["A1B", "9" * 41, "-330", "A B C", ""]),
        ("vin", ["LZZ1A2B34GA000124"], ["LZZ1A2B34GA00012", "LZZ1A2B34GA0001244", "LZZ1A2B34GAO00124", ""]),
        ("tested_on", [TODAY.isoformat()], ["yesterday", "2026-02-30"]),
        ("failed_items", [["CO"], ["C" * 60], list(map(str, range(30)))], [[], ["C" * 61], list(map(str, range(31)))]),
        ("failed_items", [["CO", "HC"]], [[7], {}, None]),
        ("deadline_on", [TOMORROW.isoformat()], ["20260230x"]),
        ("station_code", ["I-1", "9" * 32], ["I", "9" * 33, "I_1"]),
        ("result", ["passed", "failed"], ["so so", ""]),
        ("retest_number", ["A1B2", "9" * 40], ["A1B", "9" * 41, ""]),
    ],
)
def test_what_the_description_takes_or_refuses_is_taken_or_refused(
    member: str, taken: list[Any], refused: list[Any]
) -> None:
    bodies = {"FailedTestBody": failed(1), "QuestionBody": question(1), "ResultBody": result(1, result="failed")}
    bodies["ResultBody"] |= {name: failed(1)[name] for name in ("failed_items", "deadline_on")}
    shapes = DESCRIPTION["components"]["schemas"]
    concerned = {name: body for name, body in bodies.items() if member in shapes[name]["properties"]}
    assert concerned
    for name, body in concerned.items():
        fits = closed({"$ref": f"#/components/schemas/{name}"})
        for value in (*taken, *refused):
            sent = body | {member: value}
            assert fits.is_valid(sent) == (value in taken), (name, value)
            assert (member not in faults_of(name, sent)) == (value in taken), (name, value)


def faults_of(name: str, body: dict[str, Any]) -> set[str]:
    """The members that the reader of this body finds wrong."""
    try:
        if name == "FailedTestBody":
            read_failed_test(body, today=TODAY, station_code=STATION)
        elif name == "QuestionBody":
            read_question(body)
        else:
            read_retest(body, today=TODAY, station_code=STATION)
    except Misstated as refused:
        return {fault.field for fault in refused.faults}
    return set()


def test_what_the_description_demands_is_what_the_readers_demand() -> None:
    for name in ("FailedTestBody", "QuestionBody", "ResultBody"):
        required = set(DESCRIPTION["components"]["schemas"][name]["required"])
        assert faults_of(name, {}) == required, name
