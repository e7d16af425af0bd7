"""`/api/v1/openapi.json`: the interface described (OpenAPI 3.1).

Addresses, methods and parameters come from the handlers by way of Litestar, shapes of answers from what the handlers
return; ``described`` adds what neither says. So nothing is described that is not served, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, get_args, get_origin

import msgspec
from litestar import Litestar, Request, Response, Router, get
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig

from chedang.gate.api.described import EVERYWHERE, JSON, NDJSON, OPERATIONS, PARAMETERS, WITH_SECRET, Body, Described
from chedang.gate.api.problems import STATUS
from chedang.gate.api.who import who
from chedang.gate.faults import HEADER as FAULT_HEADER
from chedang.intake.native.answers import PROBLEM_JSON, ProblemJson, problem_json
from chedang.intake.native.lifecycle import V1
from chedang.intake.outcomes import Refusal, RefusalKind

Document = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/{name}"
_TITLE: Final = "车档 原生接口 · Chedang native interface"
_ABOUT: Final = """\
维修企业软件上传、更正、作废、回读和核对维修记录的接口。
The interface by which software of repair shops uploads, corrects, voids, reads back and reconciles repair records.

- 密钥 secret: `Authorization: Bearer cd_…`；到期前 30 天起应答带 `Chedang-Secret-Expires`。
- 重试 retries: 429 和 503 带 `Retry-After`，照此等待后重发；每个操作重发的结果相同。
  Wait as `Retry-After` says and send the same again; every operation may be repeated.
- 出错 problems: `application/problem+json`；`code` 不变，`detail`、`hint` 供人阅读。
- 正式环境只存 13 项；其余成员不保存，并在 `notices` 里说明。Members beyond the 13 elements are not kept.
"""
_TAGS: Final = {
    "records": "记录 · records",
    "batches": "批量 · batches",
    "reconciliation": "对账 · reconciliation",
    "secrets": "接口密钥 · secrets",
    "shops": "沙箱企业 · shops to try with",
    "changes": "关于本接口 · about",
    "openapi.json": "关于本接口 · about",
}
_STATUS_HEADER: Final = {
    "Chedang-Api-Status": {
        "description": "本版本所处阶段 · status of this version",
        "schema": {"type": "string", "enum": ["alpha", "beta", "stable", "deprecated", "retired"]},
    }
}
_EXPIRES_HEADER: Final = {
    "Chedang-Secret-Expires": {
        "description": "所用密钥的最后一天，30 天内到期时 · last day of the secret used, when it ends within 30 days",
        "schema": {"type": "string", "format": "date"},
    }
}
_RETRY_HEADER: Final = {
    "Retry-After": {"description": "秒 · seconds", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
}
_CHALLENGE_HEADER: Final = {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}}
_LOCATION_HEADER: Final = {
    "Location": {"description": "批次的地址 · address of the batch", "schema": {"type": "string"}}
}
_FAULT_PARAMETER: Final = {
    "name": FAULT_HEADER,
    "in": "header",
    "required": False,
    "description": "要求一次故障，用来试重试 · ask for a fault: delay=秒 | status=500…599 | cut=before | cut=after",
    "schema": {"type": "string", "examples": ["status=503", "cut=after", "delay=5"]},
}


@get("/openapi.json", name="openapi", sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """本接口的 OpenAPI 3.1 描述。"""
    return Response(request.app.state.describe())


def describe(base: str, handlers: Sequence[Any], *, root_path: str) -> Document:
    """The whole description. ``base``: the path before the handlers'; ``root_path``: what stands before that."""
    by_name = {handler.name: handler for handler in handlers}
    schemas, components = _shapes(by_name.values())
    document = _skeleton(base, handlers)
    document["info"] |= {"description": _ABOUT}
    document["servers"] = [{"url": root_path or "/"}]
    document["tags"] = [{"name": name} for name in dict.fromkeys(_TAGS.values())]
    for path, item in document["paths"].items():
        for operation in item.values():
            name = operation["operationId"]
            _complete(operation, by_name[name], OPERATIONS[name], schemas)
            operation["tags"] = [_TAGS[path.removeprefix(f"{base}/").split("/")[0]]]
            if root_path:
                operation["parameters"].append(_FAULT_PARAMETER)
    document["components"] = {"schemas": components, "securitySchemes": _security_schemes()}
    plain: Document = msgspec.json.decode(msgspec.json.encode(document))
    return plain


def _skeleton(base: str, handlers: Sequence[Any]) -> Document:
    """Addresses, methods and parameters, as Litestar reads them off the handlers."""
    config = OpenAPIConfig(
        title=_TITLE,
        version=f"{V1.version}-{V1.status}",
        operation_id_creator=lambda handler, _method, _path: str(handler.name),
    )
    application = Litestar(
        route_handlers=[Router(base, route_handlers=handlers)],
        dependencies={"desk": Provide(lambda: None, sync_to_thread=False), "shop": Provide(who)},
        openapi_config=config,
        logging_config=None,
    )
    document: Document = application.openapi_schema.to_schema()
    return document


def _complete(
    operation: Document, handler: HTTPRouteHandler, described: Described, schemas: Mapping[Any, Document]
) -> None:
    sentence = (handler.fn.__doc__ or "").strip().splitlines()[0]
    operation["summary"] = f"{sentence.rstrip('。')} · {described.english}"
    operation["security"] = [{name: []} for name in described.security]
    operation["parameters"] = [_parameter(each) for each in operation.get("parameters", [])]
    operation.pop("deprecated", None)
    if described.body is not None:
        operation["requestBody"] = _request_body(described.body, schemas)
    kinds = (*EVERYWHERE, *(WITH_SECRET if described.security else ()), *described.refusals)
    if operation["parameters"] and any(each["in"] != "path" for each in operation["parameters"]):
        kinds = (*kinds, RefusalKind.MALFORMED)
    headers = _STATUS_HEADER | (_EXPIRES_HEADER if described.security else {})
    operation["responses"] = _answers(handler, described, schemas, headers) | _problems(kinds, headers)


def _answers(
    handler: HTTPRouteHandler, described: Described, schemas: Mapping[Any, Document], headers: Document
) -> Document:
    """What comes when all went well."""
    shape = described.lines_of or _returned(handler)
    media_type = NDJSON if described.lines_of else JSON
    content = {media_type: {"schema": schemas[shape], "example": described.example}} if shape is not None else None
    answers: Document = {}
    for status, text in described.answers.items():
        more = _LOCATION_HEADER if status == 202 else {}
        answers[str(status)] = {"description": text, "headers": headers | more}
        if content is not None:
            answers[str(status)]["content"] = content
    return answers


def _problems(kinds: Iterable[RefusalKind], headers: Document) -> Document:
    """One answer for each status, with an example for each code."""
    by_status: dict[int, list[RefusalKind]] = {}
    for kind in dict.fromkeys(kinds):
        by_status.setdefault(STATUS[kind], []).append(kind)
    answers: Document = {}
    for status, group in sorted(by_status.items()):
        more = _RETRY_HEADER if status in {429, 503} else _CHALLENGE_HEADER if status == 401 else {}
        answers[str(status)] = {
            "description": "；".join(f"{kind.code} {kind.sentence}" for kind in group),
            "headers": headers | more,
            "content": {
                PROBLEM_JSON: {
                    "schema": {"$ref": _REFERENCE.format(name=ProblemJson.__name__)},
                    "examples": {kind.code: {"value": _example(kind)} for kind in group},
                }
            },
        }
    return answers


def _example(kind: RefusalKind) -> Any:
    return msgspec.to_builtins(problem_json(Refusal(kind), STATUS[kind]))


def _request_body(body: Body, schemas: Mapping[Any, Document]) -> Document:
    return {
        "required": body.is_required,
        "content": {body.media_type: {"schema": schemas[body.shape], "example": body.example}},
    }


def _parameter(parameter: Document) -> Document:
    """With its words. Absence is what stands for nothing: ``null`` cannot be sent in an address."""
    text, example, more = PARAMETERS[parameter["name"]]
    schema = {key: value for key, value in parameter["schema"].items() if key != "description"}
    if "oneOf" in schema:
        (schema,) = [choice for choice in schema["oneOf"] if choice.get("type") != "null"]
    if isinstance(schema.get("type"), list):
        (schema["type"],) = [name for name in schema["type"] if name != "null"]
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    told = {"name": parameter["name"], "in": parameter["in"], "required": parameter["required"], "description": text}
    return told | {"schema": schema | dict(more)} | ({} if example is None else {"example": example})


def _shapes(handlers: Iterable[HTTPRouteHandler]) -> tuple[dict[Any, Document], Document]:
    """Type → reference to its schema, and the schemas."""
    shapes: dict[Any, None] = {ProblemJson: None}
    for handler in handlers:
        described = OPERATIONS[str(handler.name)]
        body = described.body.shape if described.body else None
        shapes |= dict.fromkeys(shape for shape in (described.lines_of or _returned(handler), body) if shape)
    references, components = msgspec.json.schema_components(list(shapes), ref_template=_REFERENCE)
    for component in components.values():
        if "description" in component:  # the first line of a docstring says what it is; the rest is for us
            component["description"] = component["description"].splitlines()[0]
        for name, schema in component.get("properties", {}).items():
            if name.endswith("_at"):
                _say_instant(schema)
    return dict(zip(shapes, references, strict=True)), components


def _say_instant(schema: Document) -> None:
    for choice in schema.get("anyOf", [schema]):
        if choice.get("type") == "string":
            choice["format"] = "date-time"


def _returned(handler: HTTPRouteHandler) -> Any:
    """What a handler answers with, out of its ``Response`` if it stands in one."""
    annotation = handler.parsed_fn_signature.return_type.annotation
    origin = get_origin(annotation)
    if isinstance(origin, type) and issubclass(origin, Response):
        (annotation,) = get_args(annotation)
    return None if annotation in {None, type(None)} else annotation


def _security_schemes() -> Document:
    return {
        "secret": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "cd_…",
            "description": "接口密钥：在网站的企业页面生成，或用 POST /api/v1/secrets · a secret of the shop",
        },
        "password": {
            "type": "http",
            "scheme": "basic",
            "description": "企业编码与密码，只用于管理密钥 · company code and password, for secrets only",
        },
    }
