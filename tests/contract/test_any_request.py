"""Whatever bytes arrive at any door: an answer soon, no fault of ours, and the gate goes on."""

from __future__ import annotations

import ast
import inspect
import json
import sys
from functools import cache
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi import checks

from chedang.gate.api.app import description_of
from chedang.intake import sandbox
from chedang.intake.dialect import Dialect
from chedang.intake.dialects import DIALECTS
from tests.contract.conftest import Gate

_VALUES = (
    sandbox.DEMO_CODE,
    sandbox.DEMO_ACCOUNT,
    sandbox.DEMO_PASSWORD,
    "20260301",
    "LXXAA11A3R1000017",
    "1e9999",
    "",
)
_CONTENT_TYPES = (
    "application/json",
    "text/html",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "\xff",
)
_FRAGMENTS = (
    b"--x\r\n",
    b"--x--\r\n",
    b'Content-Disposition: form-data; name="',
    b"\r\n\r\n",
    b"%",
    b"&",
    b"=",
    b'{"',
    b"\0",
)

any_setting = settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@cache
def words_of(dialect: Dialect) -> tuple[str, ...]:
    """The vocabulary's own names of members, taken from its module: a dialect added later brings its own."""
    module = sys.modules[dialect.answer.__module__]
    constants = (
        node.value for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Constant)
    )
    return tuple(sorted({word for word in constants if isinstance(word, str) and word.isidentifier()}))


def documents(words: tuple[str, ...], tokens: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """JSON of the vocabulary's members with right and wrong values, also as JSON within text."""
    scalar = st.one_of(
        st.sampled_from((*_VALUES, *tokens)),
        st.text(max_size=20),
        st.integers(-(10**20), 10**20),
        st.floats(),
        st.booleans(),
        st.none(),
    )
    names = st.sampled_from(words) | st.text(max_size=8)
    return st.recursive(
        scalar,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(names, inner, max_size=6)
            | st.dictionaries(names, inner, max_size=3).map(json.dumps)
        ),
        max_leaves=12,
    )


def bodies(words: tuple[str, ...], tokens: tuple[str, ...]) -> st.SearchStrategy[bytes]:
    encoded = documents(words, tokens).map(lambda document: json.dumps(document).encode("utf-8", "surrogatepass"))
    pieces = st.lists(
        st.sampled_from(_FRAGMENTS) | st.binary(max_size=12) | st.sampled_from([word.encode() for word in words]),
        max_size=12,
    ).map(b"".join)
    cut = st.tuples(encoded, st.integers(0, 200)).map(lambda both: both[0][: both[1]])
    return st.one_of(encoded, encoded, pieces, cut, st.binary(max_size=300))


@pytest.fixture(scope="module")
def tokens(gate: Gate) -> tuple[str, ...]:
    """Good ones, so that some of what is made up gets past the door."""
    answer = httpx.post(
        f"{gate.url}/sandbox{gate.path('lcipprogetaccesstoken')}",
        json={"companycode": sandbox.DEMO_CODE, "companypassword": sandbox.DEMO_PASSWORD},
        timeout=30,
    )
    return (answer.json()["access_token"], gate.token())


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(data=st.data())
@any_setting
def test_no_bytes_break_a_dialect(gate: Gate, tokens: tuple[str, ...], dialect: Dialect, data: st.DataObject) -> None:
    words = words_of(dialect)
    operation = data.draw(st.sampled_from(dialect.operations), label="operation")
    below = data.draw(st.sampled_from(("", "/sandbox")), label="side")
    base = data.draw(st.sampled_from(dialect.bases), label="base")
    method = data.draw(st.sampled_from(("POST", "GET")), label="method")
    body = data.draw(bodies(words, tokens), label="body")
    content_type = data.draw(st.sampled_from(_CONTENT_TYPES), label="content type")
    query = b""
    if method == "GET" or data.draw(st.booleans(), label="with query"):
        made = data.draw(bodies(words, tokens), label="query")
        query = b"?" + bytes(byte for byte in made if byte > 32 and byte != 127)
    head = [
        b"%s %s%s HTTP/1.1" % (method.encode(), (below + base + operation.path).encode(), query),
        b"Host: 127.0.0.1",
        b"Content-Type: " + content_type.encode("latin-1"),
        b"Content-Length: %d" % len(body),
    ]
    answer = gate.send(b"\r\n".join(head) + b"\r\n\r\n" + body)
    assert answer.status < 500, answer.text
    assert answer.body


_native = schemathesis.openapi.from_dict(description_of())
_native.config.update(base_url="http://127.0.0.1:9")  # each call names the gate's own


@schemathesis.serializer("application/x-ndjson")
def write_lines(_context: Any, value: Any) -> bytes:
    """A batch of one and the same line three times, or of whatever was made instead of one."""
    line = value if isinstance(value, bytes) else json.dumps(value).encode("utf-8", "surrogatepass")
    return b"\n".join([line] * 3)


@_native.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_breaks_the_native_interface_and_its_answers_are_as_described(
    gate: Gate, case: schemathesis.Case
) -> None:
    """In the sandbox, so that what gets through is stored where nothing reads it."""
    answer = case.call(
        base_url=f"{gate.url}/sandbox", headers={"Authorization": f"Bearer {sandbox.DEMO_SECRET}"}, timeout=30
    )
    case.validate_response(
        answer,
        checks=[
            schemathesis.checks.not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_schema_conformance,
            checks.response_headers_conformance,
        ],
    )


def test_the_gate_is_well_after_all_that(gate: Gate) -> None:
    assert httpx.get(f"{gate.url}/readyz", timeout=30).text == "ok"
    gate.token()
