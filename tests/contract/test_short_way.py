"""The short way of ordinary uploads answers what the ordinary way answers, however the bytes arrive."""

from __future__ import annotations

import json
import socket
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.conftest import Answer, Gate, read_answer

_numbers = count(1)


@pytest.fixture(scope="module")
def token(gate: Gate) -> str:
    return gate.token()


def record(token: str, number: str) -> bytes:
    basic = {
        "companyname": "杭州青禾汽车维修有限公司",
        "vin": "LXXAA11A5R1000017",
        "vehicleplatenumber": "浙A12345",
        "repairdate": "20260913",
        "repairmileage": "48210",
        "settledate": "20260914",
        "faultdescription": "更换机油",
        "costlistcode": number,
    }
    items = [{"repairproject": "更换机油", "workinghours": "0.5"}]
    document = {"access_token": token, "basicInfo": basic, "vehiclepartslist": [], "repairprojectlist": items}
    return json.dumps(document, ensure_ascii=False).encode()


def request(gate: Gate, body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = [
        f"POST {gate.path('lcipprocarfixrecordadd')} HTTP/1.1",
        f"Host: 127.0.0.1:{gate.port}",
        "Content-Type: application/json",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def fresh(gate: Gate, token: str) -> bytes:
    """An upload whose head has come before: all bodies are of one length."""
    return request(gate, record(token, f"SW{next(_numbers):08d}"))


def open_connection(gate: Gate) -> socket.socket:
    return socket.create_connection(("127.0.0.1", gate.port), timeout=30)


def read_answers(client: socket.socket, wanted: int) -> list[Answer]:
    """Answers on one connection, taken apart by their lengths."""
    answers: list[Answer] = []
    received = b""
    while len(answers) < wanted:
        head, separator, rest = received.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:]) if separator else {}
        length = int(headers.get(b"content-length", b"0"))
        if separator and len(rest) >= length:
            answers.append(Answer(int(head.split(b" ")[1]), {}, rest[:length]))
            received = rest[length:]
            continue
        piece = client.recv(65536)
        assert piece, "the gate closed the connection without an answer"
        received += piece
    assert not received, "more came than was asked for"
    return answers


def is_accepted(answer: Answer) -> bool:
    return answer.status == 200 and '"code":"1"' in answer.text


def test_the_second_of_two_equal_heads_is_answered_like_the_first(gate: Gate, token: str) -> None:
    with open_connection(gate) as client:
        answers = []
        for _ in range(3):
            client.sendall(fresh(gate, token))
            answers.append(read_answer(client))
    assert all(map(is_accepted, answers))
    names = [set(answer.headers) for answer in answers]
    assert names[0] == names[1] == names[2] == {"date", "content-type", "content-length"}
    assert {answer.headers["content-type"] for answer in answers} == {"application/json;charset=UTF-8"}


def test_a_refusal_on_the_short_way_has_the_body_of_one_on_the_ordinary_way(gate: Gate) -> None:
    bad = request(gate, record("0" * 32, "SW-BAD"))
    with open_connection(gate) as client:
        answers = []
        for _ in range(2):
            client.sendall(bad)
            answers.append(read_answer(client))
    assert answers[0].body == answers[1].body
    assert '"code":"-12"' in answers[0].text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_however_the_bytes_are_cut_every_upload_is_answered_once_and_in_order(
    gate: Gate, token: str, data: st.DataObject
) -> None:
    bodies = [record(token, f"SX{next(_numbers):08d}") for _ in range(data.draw(st.integers(1, 4)))]
    stream = b"".join(
        request(gate, body, *data.draw(st.sampled_from([(), ("Accept: */*",), ("X-Trace: 1", "Accept: */*")])))
        for body in bodies
    )
    cuts = sorted({0, len(stream), *data.draw(st.lists(st.integers(1, len(stream) - 1), max_size=6))})
    with open_connection(gate) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start, end in pairwise(cuts):
            client.sendall(stream[start:end])
        answers = read_answers(client, len(bodies))
    assert all(map(is_accepted, answers))
    identifiers = [json.loads(answer.text)["recordid"] for answer in answers]
    assert len(set(identifiers)) == len(bodies)
    again = [gate.post("lcipprocarfixrecordadd", body).json()["recordid"] for body in bodies]
    assert identifiers == again, "answers must come in the order of the requests"


@pytest.mark.parametrize(
    "unusual",
    [
        ("Expect: 100-continue",),
        ("Connection: close",),
        ("Transfer-Encoding: chunked",),
        ("Content-Length: 3",),
        ("Content-Encoding: gzip",),
        ("Upgrade: websocket", "Connection: Upgrade"),
    ],
    ids=lambda headers: headers[0],
)
def test_an_unusual_head_is_never_remembered(gate: Gate, token: str, unusual: tuple[str, ...]) -> None:
    """Twice the same unusual request: what the parser decides about it must hold the second time too."""
    outcomes = []
    for _ in range(2):
        with open_connection(gate) as client:
            client.sendall(fresh(gate, token))
            assert is_accepted(read_answer(client))
            client.sendall(request(gate, record(token, "SW-UNUSUAL"), *unusual))
            try:
                outcomes.append(read_answer(client, has_body=unusual[0] != "Expect: 100-continue").status)
            except ConnectionError:
                outcomes.append(0)
    assert outcomes[0] == outcomes[1]
    if unusual[0] in {"Content-Length: 3", "Transfer-Encoding: chunked"}:
        assert outcomes[0] in {0, 400}, "two lengths are no request"


def test_a_client_that_goes_away_while_its_upload_is_stored_hurts_nobody(gate: Gate, token: str) -> None:
    for _ in range(20):
        with open_connection(gate) as client:
            client.sendall(fresh(gate, token))
    with open_connection(gate) as client:
        client.sendall(fresh(gate, token))
        assert is_accepted(read_answer(client))


def test_half_a_body_and_silence_then_the_other_half(gate: Gate, token: str) -> None:
    whole = fresh(gate, token)
    with open_connection(gate) as client:
        client.sendall(fresh(gate, token))
        assert is_accepted(read_answer(client))
        client.sendall(whole[:-40])
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(30)
        client.sendall(whole[-40:])
        assert is_accepted(read_answer(client))


def test_ways_may_change_on_one_connection(gate: Gate, token: str) -> None:
    get = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{gate.port}\r\n\r\n".encode()
    with open_connection(gate) as client:
        for _ in range(3):
            client.sendall(fresh(gate, token))
            assert is_accepted(read_answer(client))
            client.sendall(get)
            assert read_answer(client).body == b"ok"
