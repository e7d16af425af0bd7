"""Writes docs/reference/api-v1.md from the description of the native interface (OpenAPI).

``python dev/make_api_reference.py`` writes it; ``--check`` changes nothing and fails when it is out of step, as
``dev/check_docs.py`` does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chedang.gate.api.app import description_of

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "api-v1.md"

_HEAD = """\
# 原生接口 · Native interface `/api/v1`

<!-- Made by dev/make_api_reference.py from the handlers of src/chedang/gate/api. Do not edit. -->

怎样从零开始：[接入维修软件](../how-to/connect-a-dms.md)。
机器可读的同一份描述：`GET /api/v1/openapi.json`（OpenAPI 3.1）。
How to begin: [connect a DMS](../how-to/connect-a-dms.md). The same for machines: `GET /api/v1/openapi.json`.

"""
_DIGEST = """\
## 对账用的摘要 · The digest used to reconcile

`digest` 是记录规范 JSON 的 SHA-256，小写十六进制。规范 JSON：13 项按下面的顺序，值全部为文本，没有的为空文本、空列表，
UTF-8，无空白。
SHA-256, lower-case hexadecimal, over the canonical JSON of the record: the 13 elements in this order, every value as
text, absent ones empty, UTF-8, no white space.

"""


def render() -> str:
    """The whole document."""
    ordinary, sandbox = description_of(), description_of(is_sandbox=True)
    lines = [_HEAD.rstrip("\n"), "", *ordinary["info"]["description"].strip().splitlines(), ""]
    lines += ["沙箱在 `/sandbox/api/v1`，另有下面注明的操作和请求头 `Chedang-Fault`。", ""]
    tag = ""
    for path, method, operation in _operations(sandbox):
        if operation["tags"][0] != tag:
            tag = operation["tags"][0]
            lines += [f"## {tag}", ""]
        is_ordinary = method in ordinary["paths"].get(path, {})
        lines += _operation(path, method, operation, "" if is_ordinary else "（仅沙箱 · sandbox only）")
    lines += [_DIGEST.rstrip("\n"), "", *_digest_vector(), "", "## 数据结构 · Shapes", ""]
    for name, schema in sorted(sandbox["components"]["schemas"].items()):
        lines += _shape(name, schema)
    return "\n".join(lines).rstrip("\n") + "\n"


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    tags = [tag["name"] for tag in document["tags"]]
    found = [(path, method, each) for path, item in document["paths"].items() for method, each in item.items()]
    yield from sorted(found, key=lambda one: tags.index(one[2]["tags"][0]))


def _operation(path: str, method: str, operation: dict[str, Any], where: str) -> Iterator[str]:
    chinese, _, english = operation["summary"].partition(" · ")
    yield from (f"### {method.upper()} {path}{where}", "", f"{chinese}。{english}.", "")
    parameters = [each for each in operation["parameters"] if each["name"] != "Chedang-Fault"]
    if parameters:
        yield from ("| 参数 · Parameter | 位置 · In | 说明 · What | 例 · Example |", "|---|---|---|---|")
        for each in parameters:
            must = "，必填" if each["required"] else ""
            example = f"`{each['example']}`" if "example" in each else ""
            yield f"| `{each['name']}` | {each['in']}{must} | {each['description']} | {example} |"
        yield ""
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from (f"请求 · Body `{media_type}`：{_type(content['schema'])}", "", *_json(content["example"]))
    yield from ("| 状态 · Status | 含义 · Meaning | 内容 · Content |", "|---|---|---|")
    example = None
    for status, answer in sorted(operation["responses"].items()):
        media_type, content = next(iter(answer.get("content", {}).items()), ("", {}))
        example = content.get("example", example) if int(status) < 300 else example
        shape = f"{_type(content['schema'])}，`{media_type}`" if content else ""
        yield f"| {status} | {answer['description']} | {shape} |"
    yield ""
    if example is not None:
        yield from ("应答 · Answer：", "", *_json(example))


def _json(value: Any) -> Iterator[str]:
    yield from ("```json", json.dumps(value, ensure_ascii=False, indent=2), "```", "")


def _shape(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield from (f"### {name}", "")
    if description := schema.get("description"):
        yield from (" ".join(description.split()).replace("``", "`"), "")
    if "enum" in schema:
        yield from ("、".join(f"`{value}`" for value in schema["enum"]), "")
        return
    required = schema.get("required", [])
    yield from ("| 成员 · Member | 类型 · Type | 说明 · What |", "|---|---|---|")
    for member, of in schema.get("properties", {}).items():
        must = "" if member in required else "，可省略"
        yield f"| `{member}` | {_type(of)}{must} | {of.get('description', '')} |"
    yield ""


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    for key in ("anyOf", "allOf"):
        if key in schema:
            return " / ".join(_type(choice) for choice in schema[key])
    if "enum" in schema:
        return " / ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"{_type(schema.get('items', {}))} 的列表"
    text = {"string": "文本", "integer": "整数", "number": "数字", "boolean": "真假", "null": "null", "object": "对象"}
    kinds = schema.get("type", [])
    words = [text[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)] or ["任意"]
    return " / ".join(words) + (f"（{schema['format']}）" if "format" in schema else "")


def _digest_vector() -> Iterator[str]:
    from chedang.records.identity import content_digest, encode_content
    from chedang.records.model import PartText, ProjectText, RecordText

    record = RecordText(
        company_name="杭州青禾汽车维修有限公司",
        vin="LXXAA11A3R1000017",
        plate_number="浙A12345",
        repair_date="20260301",
        mileage="48210",
        settle_date="20260302",
        fault_description="更换机油",
        settlement_list_number="JS20260302001",
        parts=(PartText("机油", "OIL-5W30", "4.5"),),
        projects=(ProjectText("更换机油", "0.5"),),
    )
    content = encode_content(record)
    yield from ("```text", content.decode(), content_digest(content).hex(), "```")


def main(arguments: list[str]) -> int:
    """Write, or check."""
    text = render()
    if arguments == ["--check"]:
        if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(f"{TARGET.name} 已过时，请运行 python dev/make_api_reference.py (out of step)\n")
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
