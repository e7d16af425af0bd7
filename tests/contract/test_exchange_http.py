"""The door between nodes over real HTTP: a ministry's gate, a province's steps, and nonsense."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from chedang.cli import exchange
from chedang.cli.main import app, run
from chedang.exchange import keys, peers
from chedang.exchange.http_link import MESSAGE_TYPE, AddressUnusable, HttpLink
from chedang.exchange.key_offers import encode, read_identity
from chedang.exchange.keys import KeyState
from chedang.exchange.link import LinkDown
from chedang.exchange.messages import seal
from chedang.exchange.model import ExchangeRefused, MessageKind, RefusalCode
from chedang.exchange.province import LINK_DOWN, Province
from chedang.exchange.signing import Signer
from chedang.platform.clock import system_clock
from chedang.platform.database import connect
from chedang.platform.settings import Settings
from chedang.records.merging import merge
from tests.contract.conftest import free_port, running_gate
from tests.integration.exchange.rows import row

CODES = {code.code for code in RefusalCode}


@dataclass
class Network:
    """The ministry's running gate, and a province that may come and go."""

    port: int
    database_url: str
    province_url: str
    ministry: psycopg.Connection[Any]
    ministry_dir: Path
    province: psycopg.Connection[Any]
    province_dir: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def steps(self, link: HttpLink) -> Province:
        return Province("33", self.province_dir, link, system_clock)

    def own_key(self) -> str:
        return keys.own_signer(self.province, self.province_dir, "33", system_clock()).key_id

    def records_of_ministry(self) -> list[tuple[Any, ...]]:
        return self.ministry.execute(
            "select settlement_list_number, origin from record_version order by received_at"
        ).fetchall()


@pytest.fixture(scope="module")
def network(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Network]:
    """浙江 and the ministry's gate, strangers: the first test introduces them."""
    folder = tmp_path_factory.mktemp("exchange")
    with (
        make_database() as there,
        make_database() as here,
        connect(there, autocommit=True) as ministry,
        connect(here, autocommit=True) as province,
        running_gate(there, folder / "00", CHEDANG_NODE="00") as (port, _process),
    ):
        yield Network(port, there, here, ministry, folder / "00", province, folder / "33")


@pytest.fixture
def link(network: Network) -> Iterator[HttpLink]:
    with HttpLink(network.url) as link:
        yield link


@pytest.fixture
def joined(network: Network, link: HttpLink) -> Network:
    """Both know each other's keys."""
    told = read_identity(link.identity())
    for key in told.keys:
        keys.add(network.province, "00", key.public_key, state=KeyState.ACTIVE, by="测试", now=system_clock())
    peers.join(network.province, "00", address=network.url, now=system_clock())
    if network.steps(link).offer_first_key(network.province) is KeyState.PENDING:
        keys.approve(network.ministry, "33", network.own_key(), by="测试", now=system_clock())
        peers.join(network.ministry, "33", now=system_clock())
    return network


def take_in(network: Network, number: str) -> None:
    """A record at the province's own gate."""
    with network.province.transaction():
        merge(network.province, [row(number, received_at=datetime.now(UTC))], node_code="33")


def test_a_key_is_refused_until_it_is_approved_and_then_a_record_goes_up(network: Network, link: HttpLink) -> None:
    told = read_identity(link.identity())
    assert (told.node_code, told.name, len(told.keys)) == ("00", "部级", 1)
    keys.add(network.province, "00", told.keys[0].public_key, state=KeyState.ACTIVE, by="测试", now=system_clock())
    peers.join(network.province, "00", address=network.url, now=system_clock())
    steps = network.steps(link)
    assert steps.offer_first_key(network.province) is KeyState.PENDING
    take_in(network, "JS001")
    with pytest.raises(ExchangeRefused, match="UNKNOWN_KEY 待确认"):
        steps.bring(network.province)
    keys.approve(network.ministry, "33", network.own_key(), by="测试", now=system_clock())
    with pytest.raises(ExchangeRefused, match="UNKNOWN_SENDER"):
        steps.bring(network.province)
    peers.join(network.ministry, "33", now=system_clock())
    assert steps.bring(network.province) == 1
    assert network.records_of_ministry() == [("JS001", "33")]
    assert steps.bring(network.province) == 0
    assert steps.collect(network.province) == 0


def test_messages_go_on_through_a_rotation_on_either_side(joined: Network, link: HttpLink) -> None:
    steps, before = joined.steps(link), len(joined.records_of_ministry())
    take_in(joined, "JS101")
    steps.make_ahead(joined.province)
    old = joined.own_key()
    keys.make_next(joined.province, joined.province_dir, "33", is_trusted=False, now=system_clock())
    assert steps.offer_new_key(joined.province) is KeyState.ACTIVE
    assert joined.own_key() != old
    take_in(joined, "JS102")
    keys.make_next(joined.ministry, joined.ministry_dir, "00", is_trusted=True, now=system_clock())
    with pytest.raises(ExchangeRefused, match="UNKNOWN_KEY"):
        steps.bring(joined.province)  # the acknowledgement has a signature that nobody knows yet
    assert [steps.bring(joined.province) for _ in range(3)] == [1, 1, 0]
    assert [number for number, _ in joined.records_of_ministry()[before:]] == ["JS101", "JS102"]
    assert [key.state for key in keys.keys_of(joined.province, "00")] == [KeyState.ACTIVE] * 2


def test_one_message_of_a_province_at_a_time(joined: Network, link: HttpLink) -> None:
    take_in(joined, "JS201")
    answers: list[int] = []
    with connect(joined.database_url) as holder:
        holder.execute("lock table exchange_channel in access exclusive mode")
        first = threading.Thread(target=lambda: answers.append(joined.steps(link).bring(joined.province)))
        first.start()
        while not joined.ministry.execute(
            "select from pg_stat_activity where application_name = 'chedang-gate-exchange' and wait_event_type = 'Lock'"
        ).fetchall():
            pass
        with HttpLink(joined.url) as second, pytest.raises(ExchangeRefused) as refused:
            second.deliver(_pending(joined))
        holder.rollback()
    first.join()
    assert refused.value.code is RefusalCode.BUSY
    assert refused.value.retry_after_seconds == 2.0
    assert answers == [1]


def _pending(network: Network) -> bytes:
    with connect(network.province_url) as beside:
        (message,) = beside.execute("select message from exchange_outgoing").fetchone() or (b"",)
        return bytes(message)


@pytest.mark.parametrize("path", ["messages", "calls", "keys"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"null",
        b"\x00" * 100,
        b"\xc1",
        b"[" * 100_000,
        b"\x91" * 100_000,
        b"\x93\xc4\x02{}\xc4\x00\xc4\x00",
        b'{"statement": "e30=", "signature": ""}',
        b'{"statement": "\x00", "signature": 1}',
        "车".encode("gb18030"),
    ],
)
def test_nonsense_is_refused_as_nonsense(network: Network, path: str, body: bytes) -> None:
    answer = httpx.post(f"{network.url}/exchange/v1/{path}", content=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == "MALFORMED"


def test_too_much_is_refused_and_the_path_says_what_there_is(network: Network) -> None:
    answer = httpx.post(f"{network.url}/exchange/v1/messages", content=b"\x00" * (16 * 1024 * 1024 + 1), timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")
    for method, path in (("GET", "messages"), ("POST", "identity"), ("GET", "other"), ("GET", "")):
        answer = httpx.request(method, f"{network.url}/exchange/v1/{path}")
        assert answer.status_code in {404, 405}
        assert answer.json()["code"] == "UNKNOWN_OPERATION"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "\0" * 32},
        {"operation": "\0"},
        {"sender": "3\0"},
        {"recipient": "\0"},
        {"made_at": datetime.min.replace(tzinfo=UTC)},
        {"made_at": datetime.max.replace(tzinfo=UTC)},
        {"kind": MessageKind.ITEMS, "epoch": 2**40, "sequence": 1},
        {"kind": MessageKind.ITEMS, "epoch": -1, "sequence": -1},
        {"kind": MessageKind.ITEMS, "previous_digest": "\0", "epoch": 1, "sequence": 2**70},
    ],
)
def test_nonsense_of_a_province_is_refused_too(joined: Network, changes: dict[str, Any]) -> None:
    signer = keys.own_signer(joined.province, joined.province_dir, "33", system_clock())
    told = {
        "kind": MessageKind.CALL,
        "sender": "33",
        "recipient": "00",
        "signer": signer,
        "made_at": system_clock(),
        "operation": "feed",
        "nonce": "0" * 32,
    }
    message = seal(b"\xc1", **(told | changes)).message
    for path in ("messages", "calls"):
        answer = httpx.post(f"{joined.url}/exchange/v1/{path}", content=message)
        assert 400 <= answer.status_code < 500
        assert answer.json()["code"] in CODES


def test_a_message_is_answered_with_a_message(joined: Network, link: HttpLink) -> None:
    take_in(joined, "JS301")
    joined.steps(link).make_ahead(joined.province)
    answer = httpx.post(f"{joined.url}/exchange/v1/messages", content=_pending(joined))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MESSAGE_TYPE
    again = httpx.post(f"{joined.url}/exchange/v1/messages", content=_pending(joined))
    assert again.content == answer.content
    counted = httpx.get(f"{joined.url}/metrics").text
    assert 'chedang_gate_requests_total{dialect="exchange",operation="messages",outcome="OK"}' in counted
    assert 'outcome="MALFORMED"' in counted


@pytest.fixture
def chedang(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Result]]:
    """Commands on a node of 江苏 that has not joined."""
    with make_database() as url:
        monkeypatch.setenv("CHEDANG_DATABASE_URL", url)
        monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path / "32"))
        monkeypatch.setenv("CHEDANG_NODE", "32")
        yield lambda *arguments, **options: CliRunner().invoke(app, ["node", *arguments], **options)


def test_an_operator_joins_after_comparing_fingerprints(
    network: Network, chedang: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "尚未加入" in chedang("status").output
    assert "不是部级上传接口的地址" in chedang("join", "gate").output
    assert "不是网站的" in chedang("join", f"{network.url}/pages").output
    assert chedang("join", network.url, input="n\n").exit_code == 1
    assert chedang("join", network.url, "--fingerprint", "0" * 32).exit_code == 1
    assert "尚未加入" in chedang("status").output
    said = chedang("join", network.url, input="y\n").output
    own = next(each for each in json.loads(chedang("keys", "list", "--json").output) if each["node"] == "32")
    assert f"chedang node keys approve 32 {own['keyid']}" in said
    assert own["fingerprint"] in said
    monkeypatch.setenv("CHEDANG_NODE", "00")
    there = {"CHEDANG_DATABASE_URL": network.database_url, "CHEDANG_DATA_DIR": str(network.ministry_dir)}
    assert f"keys approve 32 {own['keyid']}" in chedang("status", env=there).output
    assert "未确认" in chedang("keys", "approve", "32", own["keyid"], input="n\n", env=there).output
    assert "已确认" in chedang("keys", "approve", "32", own["keyid"], input="y\n", env=there).output
    assert chedang("keys", "approve", "32", own["keyid"], env=there).exit_code == 1
    assert "由各省加入" in chedang("join", network.url, env=there).output
    assert "key_approved" in {
        json.loads(line)["kind"] for line in chedang("events", "--json", env=there).output.splitlines()
    }
    monkeypatch.setenv("CHEDANG_NODE", "32")
    assert "部级已确认本节点的公钥" in chedang("join", network.url, "--fingerprint", said.split("指纹 ")[1][:39]).output
    assert "新密钥已启用" in chedang("keys", "rotate").output
    assert chedang("keys", "revoke", "32", own["keyid"], "--reason", "演练").exit_code == 0
    (peer,) = json.loads(chedang("status", "--json").output)
    assert (peer["node"], peer["lastfault"], peer["alarms"]) == ("00", "", [])
    assert chedang("lag", "--most-seconds", "5").output.splitlines() == ["00 上行 0 条 0.0 秒", "00 下行 0 条 0.0 秒"]
    assert chedang("dismiss", "7", "--reason", "演练").exit_code == 1
    replayed = chedang("replay", "7")
    assert (replayed.exit_code, "没有待处理的报文项 7" in replayed.output) == (1, True)
    assert "没有待处理" in chedang("dead-letters").output
    assert chedang("restart-channel", "00").exit_code == 0
    assert chedang("restart-channel", "33").exit_code == 1
    with connect(os.environ["CHEDANG_DATABASE_URL"], autocommit=True) as connection:
        peers.note_fault(connection, "00", LINK_DOWN, now=system_clock())
    assert "连接不上或没有应答 (LINK_DOWN)" in chedang("status").output


def test_whoever_answers_in_the_ministrys_place_cannot_choose_the_fingerprint_that_is_compared(
    network: Network, chedang: Callable[..., Result], link: HttpLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = read_identity(link.identity())
    wanted = told.keys[0].fingerprint
    impostor = Signer(b"i" * 32)
    forged = msgspec.structs.replace(told.keys[0], public_key=impostor.public_key, key_id=impostor.key_id)
    body = encode(msgspec.structs.replace(told, keys=[forged], offers=[]))
    monkeypatch.setattr(HttpLink, "identity", lambda _link: body)
    asked = chedang("join", network.url, input="n\n").output
    assert wanted not in asked
    assert keys.fingerprint(impostor.algorithm, impostor.public_key) in asked
    assert chedang("join", network.url, "--fingerprint", wanted).exit_code == 1


@pytest.mark.parametrize("arguments", [["restart-channel", "00"], ["reconcile", "--all"]])
def test_a_lost_key_is_one_sentence_with_status_2(
    arguments: list[str],
    network: Network,
    chedang: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    chedang("join", network.url, input="y\n")
    (Settings.from_environment().data_dir / "keys" / "exchange-1").unlink()
    monkeypatch.setattr(sys, "argv", ["chedang", "node", *arguments])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "私钥不在数据目录里" in line


def test_after_a_revocation_the_new_key_is_confirmed_like_the_first(
    network: Network, chedang: Callable[..., Result]
) -> None:
    chedang("join", network.url, input="y\n")
    (own,) = (each for each in json.loads(chedang("keys", "list", "--json").output) if each["node"] == "32")
    now = system_clock()
    keys.approve(network.ministry, "32", own["keyid"], by="测试", now=now)
    keys.revoke(network.ministry, "32", own["keyid"], reason="演练", by="测试", now=now)
    assert "在本节点也吊销它" in chedang("keys", "rotate").output
    chedang("keys", "revoke", "32", own["keyid"], "--reason", "演练")
    said = chedang("keys", "rotate").output
    (waiting,) = (key for key in keys.keys_of(network.ministry, "32") if f"keys approve 32 {key.key_id}" in said)
    assert waiting.state is KeyState.PENDING
    assert waiting.fingerprint in said


def test_the_process_waits_for_the_ministry_and_brings_what_came_in_meanwhile(
    joined: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(joined.province_dir))
    peers.join(joined.province, "00", address=f"http://127.0.0.1:{free_port()}", now=system_clock())
    take_in(joined, "JS501")
    stop = threading.Event()
    working = threading.Thread(target=exchange.work, args=(Settings.from_environment(), joined.province_url, stop))
    working.start()
    while (known := peers.find_ministry(joined.province)) is None or known.last_fault != LINK_DOWN:
        assert working.is_alive()
    peers.join(joined.province, "00", address=joined.url, now=system_clock())
    while ("JS501", "33") not in joined.records_of_ministry():
        assert working.is_alive()
    stop.set()
    working.join()


def test_a_line_that_is_down_is_no_refusal() -> None:
    with HttpLink(f"http://127.0.0.1:{free_port()}") as link, pytest.raises(LinkDown):
        link.identity()


@pytest.mark.parametrize(
    "address",
    ["gate.example.org", "ftp://gate", "http://", "http://[::1", "http://gate:http", "http://gate:99999", "http://..",
     "http://gate?x"],
)  # fmt: skip
def test_what_is_no_address_is_told_before_anything_is_asked(address: str) -> None:
    with pytest.raises(AddressUnusable):
        HttpLink(address)


def test_a_page_in_between_is_no_refusal(network: Network) -> None:
    with HttpLink(f"{network.url}/restservices") as link, pytest.raises(LinkDown, match="HTTP 404"):
        link.identity()


def test_a_revoked_key_gets_nothing_through(joined: Network, link: HttpLink) -> None:
    take_in(joined, "JS401")
    keys.revoke(joined.ministry, "33", joined.own_key(), reason="演练", by="测试", now=system_clock())
    with pytest.raises(ExchangeRefused, match="KEY_ENDED"):
        joined.steps(link).bring(joined.province)
    ((detail,),) = joined.ministry.execute(
        "select detail from exchange_event where detail like 'KEY_ENDED%' and peer = '33'"
    ).fetchall()
    assert detail == "KEY_ENDED 签名所用密钥已停用或过期"
