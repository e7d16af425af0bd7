"""What was once promised under `/api/v1` is there for ever: members are added, never taken away or made mandatory.

``api_v1_promise.json`` is what clients have been told. When something is added, its lines are added there too; no line
is ever changed or taken away while the version lives.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chedang.gate.api.app import description_of

PROMISED = json.loads((Path(__file__).parent / "api_v1_promise.json").read_text(encoding="utf-8"))


def promise(document: dict[str, Any]) -> dict[str, Any]:
    """Of a description, what a client may have built upon."""
    operations = {
        f"{method.upper()} {path}": {
            "parameters": {each["name"]: each["required"] for each in operation["parameters"]},
            "body": operation.get("requestBody", {}).get("required"),
            "statuses": sorted(operation["responses"]),
            "security": sorted(name for each in operation["security"] for name in each),
        }
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    shapes = {
        name: {
            "members": {member: shape_of(of) for member, of in schema.get("properties", {}).items()},
            "required": sorted(schema.get("required", [])),
            "values": sorted(map(str, schema.get("enum", []))),
        }
        for name, schema in document["components"]["schemas"].items()
    }
    return {"operations": operations, "shapes": shapes}


def shape_of(schema: dict[str, Any]) -> str:
    """A member's type in one word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " | ".join(sorted(shape_of(choice) for choice in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"[{shape_of(schema.get('items', {}))}]"
    return str(schema.get("type", "any"))


def test_no_operation_parameter_or_way_to_sign_in_was_taken_away_or_made_mandatory() -> None:
    now = promise(description_of())["operations"]
    for name, promised in PROMISED["operations"].items():
        found = now[name]
        assert promised["parameters"].items() <= found["parameters"].items(), name
        added = set(found["parameters"]) - set(promised["parameters"])
        assert not any(found["parameters"][parameter] for parameter in added), name
        assert found["body"] == promised["body"], name
        assert set(promised["security"]) <= set(found["security"]), name


def test_no_member_of_an_answer_was_taken_away_or_changed_its_type() -> None:
    now = promise(description_of())["shapes"]
    for name, promised in PROMISED["shapes"].items():
        assert promised["members"].items() <= now[name]["members"].items(), name
        assert set(promised["values"]) <= set(now[name]["values"]), name


def test_no_body_wants_more_than_it_did() -> None:
    now = promise(description_of())["shapes"]
    for name in ("RecordBody", "PartBody", "ProjectBody", "AmendmentBody", "VoidBody", "NewSecret", "Statement"):
        assert now[name]["required"] == PROMISED["shapes"][name]["required"], name


def test_what_is_there_now_is_promised_too() -> None:
    """Whatever is added is written down in the same change, so that it is promised from its first day."""
    assert promise(description_of()) == PROMISED, "add the new lines to tests/contract/api_v1_promise.json"
