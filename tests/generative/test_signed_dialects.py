"""Signed calls of any content: the order of members does not matter, and no bytes break a parser."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.contract.signed import openapi_sign

from chedang.intake.dialect import Operation, Wire
from chedang.intake.dialects import carlife, openapi
from chedang.intake.dialects.openapi_signature import signed_content
from chedang.intake.outcomes import Refusal, RefusalKind, Refused, Signature
from chedang.intake.wire import decode_json

_OPERATIONS = [*openapi.DIALECT.operations, *carlife.DIALECT.operations]
_scalars = st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.text(max_size=20))
_names = st.text(min_size=1, max_size=8).filter(lambda name: name.lower() != "sign")
_rows = st.lists(st.dictionaries(_names, _scalars, min_size=1, max_size=4), max_size=3)


@given(members=st.dictionaries(_names, st.one_of(_scalars, _rows), max_size=8), seed=st.integers())
def test_the_order_of_members_does_not_matter(members: dict[str, Any], seed: int) -> None:
    def shuffled(values: dict[str, Any]) -> dict[str, Any]:
        names = list(values)
        random.Random(seed).shuffle(names)
        return {
            name: [shuffled(row) for row in values[name]] if isinstance(values[name], list) else values[name]
            for name in names
        }

    assert signed_content(members) == signed_content(shuffled(members))


_plain_text = st.text(st.characters(codec="utf-8", exclude_characters="&"), max_size=12).filter(
    lambda text: not text.isspace()
)
_plain = st.one_of(
    st.none(), st.integers(0, 10**9), st.floats(0.5, 1e6).map(lambda number: round(number, 2)), _plain_text
)
_wire_names = st.sampled_from(["orderCode", "vin", "partQty", "faultDesc", "payTime", "unit"])
_parts = st.lists(st.dictionaries(_wire_names, _plain, min_size=1, max_size=4), min_size=1, max_size=3)


@given(
    members=st.dictionaries(_wire_names, _plain),
    parts=_parts.map(lambda rows: [{**row, "projectName": "检查"} for row in rows]),
)
def test_the_signature_of_an_independent_client_is_the_one_expected(
    members: dict[str, Any], parts: list[dict[str, Any]]
) -> None:
    document = members | {"repairProjectList": parts}
    body = json.dumps(document, ensure_ascii=False).encode("utf-8")
    content = signed_content(decode_json(body)) + "secret"
    expected = hashlib.md5(content.encode(), usedforsecurity=False).hexdigest()
    assert openapi_sign(document, "secret") == expected


_COMMON = {"appId": "a", "companyIdentity": "a", "nonce": 1, "timestamp": 1_795_312_800, "sign": "0"}
_values = st.recursive(_scalars, lambda inner: st.lists(inner) | st.dictionaries(_names, inner), max_leaves=10)
_members = st.sampled_from(
    ["orderCode", "repairProjectList", "repairItems", "repairParts", "otherFee", "faultDiagnosis", "carPhoto",
     "contractNum", "incomingInspectionId", "settlementSeq", "vin", "payTime", "sign", "timestamp"]
)  # fmt: skip
_documents = st.dictionaries(_members, _values, max_size=6).map(lambda members: json.dumps(_COMMON | members).encode())
_wires = st.builds(
    Wire,
    body=st.binary(max_size=200) | _documents,
    query=st.just(b"") | st.binary(max_size=60),
    content_type=st.sampled_from(["", "application/json", "multipart/form-data; boundary=x", "multipart/form-data"]),
    path=st.just("/x"),
)


@given(wire=_wires)
def test_no_bytes_break_a_parser(wire: Wire) -> None:
    for operation in _OPERATIONS:
        try:
            request = operation.parse(wire)
        except Refused:
            continue
        assert isinstance(request.signature, Signature)


@pytest.mark.parametrize("dialect", [openapi.DIALECT, carlife.DIALECT], ids=lambda dialect: dialect.name)
@given(kind=st.sampled_from(RefusalKind), detail=st.text(max_size=400), operation=st.sampled_from(_OPERATIONS))
@example(kind=RefusalKind.EMPTY_RECORD, detail="'", operation=_OPERATIONS[0])
@example(kind=RefusalKind.EMPTY_RECORD, detail="\x00", operation=_OPERATIONS[0])
@example(kind=RefusalKind.EMPTY_RECORD, detail="图" * 400, operation=_OPERATIONS[0])
def test_every_refusal_has_a_number_and_a_short_sentence(
    dialect: Any, kind: RefusalKind, detail: str, operation: Operation
) -> None:
    answer = dialect.answer(operation.name, None, Refusal(kind, detail))
    document = json.loads(answer.body)
    assert list(document) == ["code", "message", "data"]
    assert document["code"] > 0
    assert document["message"]
    assert len(answer.body.decode()) <= 200
    assert b"'" not in answer.body
