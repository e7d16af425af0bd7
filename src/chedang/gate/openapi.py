"""An interface described (OpenAPI 3.1), as clients of it can read.

Addresses, methods and parameters come from the handlers by way of Litestar, shapes of answers from what the handlers
return; an :class:`Interface` adds what neither says. So nothing is described that is not served, and the other way
round: a handler without an entry of its own cannot be served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, get_args, get_origin

import msgspec
from litestar import Litestar, Response, Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig

from chedang.gate.api.problems import STATUS
from chedang.intake.native.answers import PROBLEM_JSON, ProblemJson, problem_json
from chedang.intake.outcomes import Refusal, RefusalKind

Document = dict[str, Any]

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
_REFERENCE: Final = "#/components/schemas/{name}"
_RETRY_HEADER: Final = {
    "Retry-After": {"description": "秒 · seconds", "schema": {"type": "string", "pattern": "^[0-9]+$"}}
}
_CHALLENGE_HEADER: Final = {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}}
_LOCATION_HEADER: Final = {
    "Location": {"description": "批次的地址 · address of the batch", "schema": {"type": "string"}}
}


class Body(msgspec.Struct, frozen=True):
    """What is sent."""

    shape: type
    example: Any
    media_type: str = JSON
    is_required: bool = True
    most: int | None = None
    """Where an array of so many may be sent as well."""


class Described(msgspec.Struct, frozen=True):
    """One operation."""

    english: str
    answers: Mapping[int, str]
    """Statuses of success → what they mean."""
    example: Any = None
    body: Body | None = None
    refusals: tuple[RefusalKind, ...] = ()
    """Besides those that every operation can have."""
    security: tuple[str, ...] = ("secret",)
    lines_of: type | None = None
    """The answer is one of these a line."""
    shapes: Mapping[int, Mapping[type, Any]] = {}
    """Of a handler whose answers differ: status → the shapes that may come with it, each with an example."""


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of an interface besides its handlers. Chinese first, English after ``·``."""

    title: str
    version: str
    about: str
    operations: Mapping[str, Described]
    """By the handler's name."""
    parameters: Mapping[str, tuple[str, Any, Mapping[str, Any]]]
    """Name → what it is, an example, what its schema says besides."""
    tags: Mapping[str, str]
    """First segment of the path → heading under which the operation stands."""
    dependencies: Mapping[str, Provide]
    """Those of the handlers, so that none is taken for a parameter."""
    everywhere: tuple[RefusalKind, ...]
    """How every operation can refuse, and every one that wants a secret."""
    with_secret: tuple[RefusalKind, ...]
    headers: Document = {}
    """Of every answer, and of every one to a caller with a secret."""
    secret_headers: Document = {}
    security_schemes: Document
    problem: type = ProblemJson
    in_words: Callable[[ProblemJson, RefusalKind], Any] = lambda plain, _kind: plain
    """A problem of the catalogue as this interface says it."""
    refusal_words: Mapping[RefusalKind, str] = {}
    """Of refusals that mean something narrower here than in the catalogue."""
    refusal_examples: Mapping[RefusalKind, Mapping[str, Any]] = {}
    """Members of the problem besides those of the catalogue."""
    shape_words: Mapping[str, str] = {}
    """Name of a shape → what it is, where its docstring is for us."""


def describe(
    interface: Interface,
    base: str,
    handlers: Sequence[Any],
    *,
    root_path: str = "",
    more_parameters: Sequence[Document] = (),
) -> Document:
    """The whole description. ``base``: the path before the handlers'; ``root_path``: what stands before that."""
    by_name = {handler.name: handler for handler in handlers}
    schemas, components = _shapes(interface, by_name.values())
    document = _skeleton(interface, base, handlers)
    document["info"] |= {"description": interface.about}
    document["servers"] = [{"url": root_path or "/"}]
    document["tags"] = [{"name": name} for name in dict.fromkeys(interface.tags.values())]
    for path, item in document["paths"].items():
        for operation in item.values():
            name = operation["operationId"]
            _complete(operation, by_name[name], interface, schemas)
            operation["tags"] = [interface.tags[path.removeprefix(f"{base}/").split("/")[0]]]
            operation["parameters"] += more_parameters
    document["components"] = {"schemas": components, "securitySchemes": interface.security_schemes}
    plain: Document = msgspec.json.decode(msgspec.json.encode(document))
    return plain


def _skeleton(interface: Interface, base: str, handlers: Sequence[Any]) -> Document:
    """Addresses, methods and parameters, as Litestar reads them off the handlers."""
    config = OpenAPIConfig(
        title=interface.title,
        version=interface.version,
        operation_id_creator=lambda handler, _method, _path: str(handler.name),
    )
    application = Litestar(
        route_handlers=[Router(base, route_handlers=handlers)],
        dependencies=dict(interface.dependencies),
        openapi_config=config,
        logging_config=None,
    )
    document: Document = application.openapi_schema.to_schema()
    return document


def _complete(
    operation: Document, handler: HTTPRouteHandler, interface: Interface, schemas: Mapping[Any, Document]
) -> None:
    described = interface.operations[str(handler.name)]
    sentence = (handler.fn.__doc__ or "").strip().splitlines()[0]
    operation["summary"] = f"{sentence.rstrip('。')} · {described.english}"
    operation["security"] = [{name: []} for name in described.security]
    operation["parameters"] = [_parameter(each, interface) for each in operation.get("parameters", [])]
    operation.pop("deprecated", None)
    if described.body is not None:
        operation["requestBody"] = _request_body(described.body, schemas)
    kinds = (*interface.everywhere, *(interface.with_secret if described.security else ()), *described.refusals)
    if operation["parameters"] and any(each["in"] != "path" for each in operation["parameters"]):
        kinds = (*kinds, RefusalKind.MALFORMED)
    headers = interface.headers | (interface.secret_headers if described.security else {})
    operation["responses"] = _answers(handler, described, schemas, headers) | _problems(kinds, headers, interface)


def _answers(
    handler: HTTPRouteHandler, described: Described, schemas: Mapping[Any, Document], headers: Document
) -> Document:
    """What comes when all went well."""
    shape = described.lines_of or _returned(handler)
    media_type = NDJSON if described.lines_of else JSON
    answers: Document = {}
    for status, text in described.answers.items():
        more = _LOCATION_HEADER if status == 202 else {}
        answers[str(status)] = {"description": text, "headers": headers | more}
        if status in described.shapes:
            answers[str(status)]["content"] = {JSON: _one_of(described.shapes[status], schemas)}
        elif shape is not None:
            answers[str(status)]["content"] = {media_type: {"schema": schemas[shape], "example": described.example}}
    return answers


def _one_of(shapes: Mapping[type, Any], schemas: Mapping[Any, Document]) -> Document:
    """One of several shapes, each with its example."""
    return {
        "schema": {"oneOf": [schemas[shape] for shape in shapes]},
        "examples": {shape.__name__: {"value": example} for shape, example in shapes.items()},
    }


def _problems(kinds: Iterable[RefusalKind], headers: Document, interface: Interface) -> Document:
    """One answer for each status, with an example for each code."""
    by_status: dict[int, list[RefusalKind]] = {}
    for kind in dict.fromkeys(kinds):
        by_status.setdefault(STATUS[kind], []).append(kind)
    answers: Document = {}
    for status, group in sorted(by_status.items()):
        more = _RETRY_HEADER if status in {429, 503} else _CHALLENGE_HEADER if status == 401 else {}
        words = [f"{kind.code} {interface.refusal_words.get(kind, kind.sentence)}" for kind in group]
        answers[str(status)] = {
            "description": "；".join(words),
            "headers": headers | more,
            "content": {
                PROBLEM_JSON: {
                    "schema": {"$ref": _REFERENCE.format(name=interface.problem.__name__)},
                    "examples": {kind.code: {"value": _example(kind, interface)} for kind in group},
                }
            },
        }
    return answers


def _example(kind: RefusalKind, interface: Interface) -> Any:
    told = interface.in_words(problem_json(Refusal(kind), STATUS[kind]), kind)
    return msgspec.to_builtins(told) | interface.refusal_examples.get(kind, {})


def _request_body(body: Body, schemas: Mapping[Any, Document]) -> Document:
    schema = schemas[body.shape]
    content: Document = {"schema": schema, "example": body.example}
    if body.most is not None:
        several = {"type": "array", "items": schema, "maxItems": body.most}
        examples = {"one": {"value": body.example}, "several": {"value": [body.example]}}
        content = {"schema": {"oneOf": [schema, several]}, "examples": examples}
    return {"required": body.is_required, "content": {body.media_type: content}}


def _parameter(parameter: Document, interface: Interface) -> Document:
    """With its words. Absence is what stands for nothing: ``null`` cannot be sent in an address."""
    text, example, more = interface.parameters[parameter["name"]]
    schema = {key: value for key, value in parameter["schema"].items() if key != "description"}
    if "oneOf" in schema:
        (schema,) = [choice for choice in schema["oneOf"] if choice.get("type") != "null"]
    if isinstance(schema.get("type"), list):
        (schema["type"],) = [name for name in schema["type"] if name != "null"]
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    told = {"name": parameter["name"], "in": parameter["in"], "required": parameter["required"], "description": text}
    return told | {"schema": schema | dict(more)} | ({} if example is None else {"example": example})


def _shapes(interface: Interface, handlers: Iterable[HTTPRouteHandler]) -> tuple[dict[Any, Document], Document]:
    """Type → reference to its schema, and the schemas."""
    shapes: dict[Any, None] = {interface.problem: None}
    for handler in handlers:
        described = interface.operations[str(handler.name)]
        body = described.body.shape if described.body else None
        several = [shape for group in described.shapes.values() for shape in group]
        found = several or [described.lines_of or _returned(handler)]
        shapes |= dict.fromkeys(shape for shape in (*found, body) if shape)
    references, components = msgspec.json.schema_components(list(shapes), ref_template=_REFERENCE)
    for title, component in components.items():
        if "description" in component:  # the first line of a docstring says what it is; the rest is for us
            component["description"] = interface.shape_words.get(title, component["description"].splitlines()[0])
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
