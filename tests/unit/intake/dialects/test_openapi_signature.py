"""The text that a signed call of ``openapi`` stands for, after the interface paper, sentence by sentence."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from chedang.intake.dialects.openapi_signature import signed_content
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.wire import decode_json

PAPER = (
    '{"vin":"LXXAA11A3R1000017","vpn":"沪AD12345","orderCode":"1","repairTime":"2021-05-28 00:01:01",'
    '"repairMileage":45.0,"requirement":null,"natureOfUse":1,"appId":"app-1","nonce":45,'
    '"timestamp":"1624074988967","sign":"ignored"}'
)
PAPER_CONTENT = (
    "appId=app-1&natureOfUse=1&nonce=45&orderCode=1&repairMileage=45.0&repairTime=2021-05-28 00:01:01"
    "&requirement=&timestamp=1624074988967&vin=LXXAA11A3R1000017&vpn=沪AD12345"
)


def content(document: str) -> str:
    return signed_content(decode_json(document.encode()))


def test_members_stand_in_the_order_of_their_names_without_the_signature() -> None:
    assert content(PAPER) == PAPER_CONTENT
    # Computed once with the md5sum of coreutils over content and secret.
    digest = hashlib.md5((PAPER_CONTENT + "example-secret").encode(), usedforsecurity=False).hexdigest()
    assert digest == "f0bd20771ee2ff1d39a9e856a4e77c75"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param('{"b":1,"a":2,"B":3}', "B=3&a=2&b=1", id="by code point, capitals first"),
        pytest.param('{"a":null,"b":""}', "a=&b=", id="null at the top is empty"),
        pytest.param('{"a":"  "}', "a=", id="blanks alone are empty"),
        pytest.param('{"a":" x "}', "a= x ", id="blanks around stay"),
        pytest.param('{"a":45.0,"b":45,"c":1.50,"d":1E3,"e":-0.0}', "a=45.0&b=45&c=1.50&d=1E3&e=-0.0", id="numbers"),
        pytest.param('{"a":true,"b":false}', "a=true&b=false", id="booleans"),
        pytest.param('{"a":"1+1","b":"%E6%B2%AA","c":"100%","d":"%zz","e":"％"}',
                     "a=1 1&b=沪&c=100%&d=%zz&e=％", id="URL-decoded, a bare per cent stays"),
        pytest.param('{"a":{"d":1,"c":null,"b":"x+y"}}', "a=b=x y&d=1", id="an object by the same rule"),
        pytest.param('{"a":["x","y+z",1.0]}', "a=x&y z&1.0", id="a list of plain values"),
        pytest.param('{"a":[],"b":{}}', "a=&b=", id="nothing inside"),
        pytest.param('{"a":[{},{"x":1},{}]}', "a=x=1", id="an empty object adds nothing"),
        pytest.param('{"SIGN":"1","Sign":"2","sign":"3","a":1,"b":[{"sign":4}]}', "a=1&b=sign=4", id="sign"),
        pytest.param('{" totalCost":"100"}', " totalCost=100", id="a name as it stands"),
        pytest.param(
            '{"p":[{"workingHours":1.0,"projectName":"更换","repairPartList":'
            '[{"unit":null,"partQty":2.0,"partName":"油"},{"partName":"滤"}]},{"projectName":"检查"}]}',
            "p=projectName=更换&repairPartList=partName=油&partQty=2.0&partName=滤&workingHours=1.0&projectName=检查",
            id="a list in a list",
        ),
        pytest.param('{"a":[{"b":"%2B"}]}', "a=b= ", id="decoded once for each level around it"),
    ],
)  # fmt: skip
def test_each_sentence_of_the_rule(document: str, expected: str) -> None:
    assert content(document) == expected


def test_what_is_nested_too_deeply_is_refused() -> None:
    value: Any = "x"
    for _ in range(30):
        value = [value]
    with pytest.raises(Refused) as caught:
        signed_content({"a": value})
    assert caught.value.refusal.kind is RefusalKind.MALFORMED
