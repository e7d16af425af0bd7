"""The description of the native interface: valid, whole, and true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from chedang.gate.api.app import HANDLERS, SANDBOX_HANDLERS, description_of
from chedang.gate.api.bodies import PartBody, ProjectBody, RecordBody
from chedang.gate.api.described import OPERATIONS, PARAMETERS
from chedang.gate.api.problems import STATUS
from chedang.records.model import PartText, ProjectText, RecordText
from tests.contract.conftest import Gate

ORDINARY = description_of()
SANDBOX = description_of(is_sandbox=True)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def contents(node: Any) -> Iterator[dict[str, Any]]:
    """Every media type with a schema, wherever it stands."""
    if isinstance(node, dict):
        for value in node.get("content", {}).values():
            yield value
        for value in node.values():
            yield from contents(value)
    elif isinstance(node, list):
        for value in node:
            yield from contents(value)


@pytest.mark.parametrize("document", [ORDINARY, SANDBOX], ids=["ordinary", "sandbox"])
def test_the_description_is_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_each_side_serves_its_own_description(gate: Gate) -> None:
    for below, document in (("", ORDINARY), ("/sandbox", SANDBOX)):
        answer = httpx.get(f"{gate.url}{below}/api/v1/openapi.json", timeout=30)
        assert answer.json() == document
        assert answer.headers["content-type"].startswith("application/json")
    assert ORDINARY["servers"] == [{"url": "/"}]
    assert SANDBOX["servers"] == [{"url": "/sandbox"}]


def test_what_is_served_is_described_and_what_is_described_is_served() -> None:
    assert {handler.name for handler in SANDBOX_HANDLERS} == set(OPERATIONS)
    assert {operation["operationId"] for _, operation in operations(ORDINARY)} == {each.name for each in HANDLERS}
    used = {parameter["name"] for _, operation in operations(ORDINARY) for parameter in operation["parameters"]}
    assert used == set(PARAMETERS)


@pytest.mark.parametrize(("name", "operation"), list(operations(SANDBOX)), ids=lambda each: str(each)[:60])
def test_an_operation_is_described_whole(name: str, operation: dict[str, Any]) -> None:
    chinese, _, english = operation["summary"].partition(" · ")
    assert any("一" <= character <= "鿿" for character in chinese)
    assert english.isascii()
    assert english
    assert operation["tags"]
    statuses = set(operation["responses"])
    assert "503" in statuses
    assert ("401" in statuses) == bool(operation["security"])
    for status, answer in operation["responses"].items():
        assert answer["description"]
        assert "Chedang-Api-Status" in answer["headers"]
        assert ("Retry-After" in answer["headers"]) == (status in {"429", "503"})
        assert status == "204" or answer["content"]
        if int(status) >= 400:
            (problem,) = answer["content"].values()
            assert all(STATUS_OF_CODE[code] == int(status) for code in problem["examples"])
    if name.startswith(("POST", "PUT")) and "void" not in name:
        assert operation["requestBody"]["content"]
    for parameter in operation["parameters"]:
        assert parameter["description"]


STATUS_OF_CODE = {kind.code: status for kind, status in STATUS.items()}


def test_every_example_has_the_shape_it_is_an_example_of() -> None:
    checked = 0
    for content in contents(SANDBOX["paths"]):
        schema = {"components": SANDBOX["components"], **content["schema"]}
        examples = [each["value"] for each in content.get("examples", {}).values()] or [content["example"]]
        for example in examples:
            errors = [error.message for error in Draft202012Validator(schema).iter_errors(example)]
            assert errors == [], example
            checked += 1
    assert checked > 100


@pytest.mark.parametrize(
    ("described", "kept"), [(RecordBody, RecordText), (PartBody, PartText), (ProjectBody, ProjectText)]
)
def test_the_described_record_has_the_elements_that_are_kept(described: type, kept: type) -> None:
    names = [field.encode_name for field in msgspec.structs.fields(described)]
    assert names == [field.encode_name for field in msgspec.structs.fields(kept)]


def test_only_the_sandbox_has_faults_and_shops() -> None:
    text = msgspec.json.encode(ORDINARY)
    assert b"Chedang-Fault" not in text
    assert b"/shops" not in text
    assert all(
        any(parameter["name"] == "Chedang-Fault" for parameter in operation["parameters"])
        for _, operation in operations(SANDBOX)
    )
