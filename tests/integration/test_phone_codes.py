"""Codes by SMS and owners' phones, in a real database."""

from __future__ import annotations

import hmac
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from chedang.site.databases import named_database

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
NUMBER, OTHER = "14200000001", "14200000002"


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Django's models on a fresh database, keys in a directory of their own, texts on the outbox page."""
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    with named_database(database_url, "default"):
        yield database_url


def asker(session: str, address: str = "198.51.100.1", device: str = ""):
    from chedang.access.codes import Asker

    return Asker(session, address, device)


def ask(session: str, now: datetime = NOW, *, number: str = NUMBER, address: str = "198.51.100.1", device: str = ""):
    """Ask for a code to sign in; returns it as the phone shows it."""
    from chedang.access.codes import Matter, ask_code

    ask_code(number, Matter.SIGN_IN, asker(session, address, device), now=now)
    return last_code(number)


def last_code(number: str = NUMBER) -> str:
    from chedang.access.sms import OutboxSender, sender

    outbox = sender()
    assert isinstance(outbox, OutboxSender)
    text = next(message.text for message in outbox.last(99) if message.number == number)
    found = re.search(r"\d{6}", text)
    assert found is not None
    return found[0]


def use(session: str, code: str, now: datetime = NOW) -> str:
    from chedang.access.codes import Matter, use_codes

    return use_codes(session, {Matter.SIGN_IN: code}, now=now)[Matter.SIGN_IN]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_proves_its_number_once_in_its_session_only_and_for_five_minutes(desk):
    from chedang.access.codes import DeadCode, Matter, pending

    code = ask("a")
    assert pending("a", Matter.SIGN_IN, now=NOW).number == NUMBER
    with pytest.raises(DeadCode):
        use("b", code)
    wide = code.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert use("a", f" {wide[:3]} {wide[3:]}") == NUMBER
    with pytest.raises(DeadCode):
        use("a", code)
    later = NOW + timedelta(minutes=1)
    code = ask("a", later)
    with pytest.raises(DeadCode):
        use("a", code, later + timedelta(minutes=5))
    assert pending("a", Matter.SIGN_IN, now=later + timedelta(minutes=5)) is None


def test_five_wrong_codes_kill_a_code_and_no_other(desk):
    from chedang.access.codes import DeadCode, WrongCode

    mine = ask("mine")
    guessed = ask("stranger", NOW + timedelta(minutes=1), address="203.0.113.9")
    left = []
    for _try in range(5):
        with pytest.raises(WrongCode) as caught:
            use("stranger", other_than(guessed), NOW + timedelta(minutes=1))
        left += caught.value.tries_left.values()
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(DeadCode):
        use("stranger", guessed, NOW + timedelta(minutes=1))
    assert use("mine", mine, NOW + timedelta(minutes=1)) == NUMBER


def test_codes_for_one_number_are_limited_by_minute_hour_and_day(desk):
    from chedang.access.codes import TooMany

    sent, waits = 0, []
    for minute in range(0, 24 * 60, 30):
        now = NOW + timedelta(minutes=minute)
        try:
            ask(f"session {minute}", now, address=f"198.51.100.{minute // 30}")
        except TooMany as too_many:
            waits.append(too_many.wait)
        else:
            sent += 1
            with pytest.raises(TooMany) as caught:
                ask("at once", now, address="203.0.113.77")
            waits.append(caught.value.wait)
    assert sent == 10
    assert all(timedelta(0) < wait <= timedelta(days=1) for wait in waits)


def test_one_address_cannot_use_up_what_strangers_may_ask_for_a_number(desk):
    from chedang.access.codes import TooMany

    for minute in range(3):
        ask(f"stranger {minute}", NOW + timedelta(minutes=minute), address="203.0.113.9")
    with pytest.raises(TooMany):
        ask("stranger", NOW + timedelta(minutes=10), address="203.0.113.9")
    assert ask("owner on a new device", NOW + timedelta(minutes=10))


def test_an_address_and_a_session_have_limits_whatever_the_number(desk):
    from chedang.access.codes import TooMany

    for number in range(20):
        ask(f"session {number}", number=f"142000001{number:02}")
    with pytest.raises(TooMany):
        ask("another", number="14200000200")
    for number in range(10):
        ask("one session", number=f"142000003{number:02}", address=f"203.0.113.{number}")
    with pytest.raises(TooMany):
        ask("one session", number="14200000310", address="203.0.113.99")


def test_a_stranger_who_burns_the_pool_shuts_nobody_out(desk):
    from chedang.access.codes import TooMany

    asked_before = ask("on its way")
    for minute in range(1, 5):
        ask(f"stranger {minute}", NOW + timedelta(minutes=minute), address=f"203.0.113.{minute}")
    now = NOW + timedelta(minutes=4, seconds=30)
    with pytest.raises(TooMany):
        ask("stranger 9", now, address="203.0.113.200")
    assert use("on its way", asked_before, now) == NUMBER
    code = ask("known device", now, address="203.0.113.1", device="device-1")
    assert use("known device", code, now) == NUMBER
    with pytest.raises(TooMany):
        ask("known device", now, device="device-1")


def test_a_refused_request_uses_nothing_up_and_keeps_the_code_that_is_out(desk):
    from chedang.access.codes import TooMany
    from chedang.access.models import Allowance

    code = ask("a")
    before = set(Allowance.objects.values_list("kind", "key_digest", "taken"))
    with pytest.raises(TooMany):
        ask("a")
    assert set(Allowance.objects.values_list("kind", "key_digest", "taken")) == before
    assert use("a", code) == NUMBER


def test_of_two_who_give_the_same_code_at_once_one_gets_in(desk):
    from chedang.access.codes import DeadCode

    code, start, outcomes = ask("a"), threading.Barrier(2), []

    def give() -> None:
        start.wait()
        try:
            outcomes.append(use("a", code))
        except DeadCode:
            outcomes.append("dead")
        finally:
            connection.close()

    givers = [threading.Thread(target=give) for _ in range(2)]
    for giver in givers:
        giver.start()
    for giver in givers:
        giver.join()
    assert sorted(outcomes) == sorted([NUMBER, "dead"])


def test_a_new_number_that_is_proved_twice_at_once_makes_one_account(desk):
    from chedang.access.models import User
    from chedang.access.phones import account_of

    start, accounts = threading.Barrier(2), []

    def prove() -> None:
        start.wait()
        try:
            accounts.append(account_of(NUMBER, now=NOW).pk)
        finally:
            connection.close()

    provers = [threading.Thread(target=prove) for _ in range(2)]
    for prover in provers:
        prover.start()
    for prover in provers:
        prover.join()
    assert len(set(accounts)) == 1
    account = User.objects.get(role="owner")
    assert re.fullmatch(r"owner-[2-9a-z]{12}", account.username)
    assert account.display_name == "142****0001"
    assert not account.has_usable_password()


def test_a_number_stands_nowhere_in_the_clear(desk):
    from chedang.access.phones import account_of, find_user_by_phone, masked_phone

    code = ask("a")
    account = account_of(NUMBER, now=NOW)
    with psycopg.connect(desk) as reader:
        tables = [name for (name,) in reader.execute("select tablename from pg_tables where tablename like 'access_%'")]
        everything = "".join(str(reader.execute(f"select t::text from {name} t").fetchall()) for name in tables)  # noqa: S608 - our own names
    for secret in (NUMBER, NUMBER.encode().hex(), code, code.encode().hex()):
        assert secret not in everything
    assert find_user_by_phone("+86 142-0000-0001") == account
    assert find_user_by_phone(OTHER) is None
    assert masked_phone(account) == "142****0001"


def test_changing_the_phone_takes_a_code_to_the_old_and_one_to_the_new_number(desk):
    from chedang.access.codes import Matter, WrongCode, ask_code, use_codes
    from chedang.access.phones import NumberTaken, account_of, find_user_by_phone, set_phone

    account, other = account_of(NUMBER, now=NOW), account_of("14200000003", now=NOW)
    ask_code(NUMBER, Matter.OLD_PHONE, asker("a"), now=NOW)
    ask_code(OTHER, Matter.NEW_PHONE, asker("a"), now=NOW)
    old, new = last_code(NUMBER), last_code(OTHER)
    with pytest.raises(WrongCode) as caught:
        use_codes("a", {Matter.OLD_PHONE: old, Matter.NEW_PHONE: other_than(new)}, now=NOW)
    assert caught.value.tries_left == {Matter.NEW_PHONE: 4}
    numbers = use_codes("a", {Matter.OLD_PHONE: old, Matter.NEW_PHONE: new}, now=NOW)
    assert numbers == {Matter.OLD_PHONE: NUMBER, Matter.NEW_PHONE: OTHER}
    with pytest.raises(NumberTaken):
        set_phone(other, NUMBER, now=NOW)
    set_phone(account, OTHER, now=NOW)
    assert find_user_by_phone(NUMBER) is None
    assert find_user_by_phone(OTHER) == account
    assert account.display_name == "142****0002"


def test_a_closed_account_is_nobodys_and_its_number_free(desk):
    from django.contrib.sessions.models import Session

    from chedang.access.phones import account_of, close_account, find_user_by_phone
    from chedang.access.sessions import note_session, open_sessions

    account = account_of(NUMBER, now=NOW)
    session = SessionStore()
    session.create()
    note_session(account, session.session_key, browser="Chrome", system="Android", now=NOW)
    close_account(account)
    assert find_user_by_phone(NUMBER) is None
    assert (account.display_name, account.is_active) == ("已注销", False)
    assert not Session.objects.exists()
    assert not open_sessions(account, now=NOW)
    assert account_of(NUMBER, now=NOW) != account


def test_a_person_ends_the_own_sessions_and_nobody_elses(desk):
    from django.contrib.sessions.models import Session

    from chedang.access.phones import account_of
    from chedang.access.sessions import end_one, end_others, note_session, open_sessions

    now = datetime.now(UTC)
    mine, theirs = account_of(NUMBER, now=now), account_of(OTHER, now=now)
    keys = []
    for user in (mine, mine, mine, theirs):
        session = SessionStore()
        session.create()
        keys.append(session.session_key)
        note_session(user, session.session_key, browser="", system="", now=now)
    stranger = open_sessions(theirs, now=now).get()
    assert end_one(mine, stranger.pk, keep=keys[0]) == 0
    assert end_one(mine, open_sessions(mine, now=now)[0].pk, keep=keys[0]) == 1
    assert end_others(mine, keep=keys[0]) == 1
    assert [row.session_key for row in open_sessions(mine, now=now)] == [keys[0]]
    assert set(Session.objects.values_list("session_key", flat=True)) == {keys[0], keys[3]}


def test_what_is_old_is_purged(desk):
    from django.contrib.sessions.models import Session

    from chedang.access.models import Allowance, OpenSession, OutboxMessage, SmsCode
    from chedang.access.phones import account_of
    from chedang.access.sessions import note_session
    from chedang.cli.desk_jobs import DESK_JOBS

    now = datetime.now(UTC)
    ask("a", now)
    session = SessionStore()
    session.create()
    note_session(account_of(NUMBER, now=now), session.session_key, browser="", system="", now=now)
    kept = (SmsCode, OutboxMessage, Allowance, Session, OpenSession)
    jobs = [
        job for job in DESK_JOBS if job.name.startswith(("chedang.access", "chedang.cli")) and "forget_old" in job.name
    ]
    for job in jobs:
        job.work(now)
    assert [model.objects.exists() for model in kept] == [True] * 5
    for job in jobs:
        job.work(now + timedelta(days=400))
    assert [model.objects.exists() for model in kept] == [False] * 5


def test_a_gateway_gets_signed_json_and_its_refusal_leaves_no_code(desk, monkeypatch, capsys):
    from chedang.access import sms
    from chedang.access.codes import Matter, pending
    from chedang.access.phones import account_of

    received: list[httpx.Request] = []
    status = 202

    def gateway(request: httpx.Request) -> httpx.Response:
        received.append(request)
        return httpx.Response(status)

    sender = sms.HttpSender("https://sms.example.org/send", b"k" * 32, httpx.MockTransport(gateway))
    monkeypatch.setattr(sms, "sender", lambda: sender)
    assert sms.notify(account_of(NUMBER, now=NOW), "您的申请已办结。")
    (request,) = received
    message = json.loads(request.content)
    assert (message["phone"], message["text"]) == ("+8614200000001", "【车档】您的申请已办结。")
    signed = request.headers["X-Chedang-Timestamp"].encode() + b"\n" + request.content
    assert request.headers["X-Chedang-Signature"] == "v1=" + hmac.new(b"k" * 32, signed, sha256).hexdigest()
    status = 503
    assert not sms.notify(account_of(NUMBER, now=NOW), "您的申请已办结。")
    with pytest.raises(sms.NotSent):
        ask("a")
    assert pending("a", Matter.SIGN_IN, now=NOW) is None
    assert NUMBER not in "".join(capsys.readouterr())


def test_a_node_that_sends_nothing_tells_nobody(desk, monkeypatch):
    from chedang.access.phones import account_of
    from chedang.access.sms import notify, sender

    monkeypatch.setenv("CHEDANG_SMS", "none")
    assert sender() is None
    assert not notify(account_of(NUMBER, now=NOW), "您的申请已办结。")


def test_without_sms_the_pages_say_so_and_there_is_no_outbox(desk, monkeypatch):
    from django.test import Client

    monkeypatch.setenv("CHEDANG_SMS", "none")
    monkeypatch.setattr("chedang.site.owner.phone.pages.OWNERS_SIGN_IN", False)
    monkeypatch.setattr("chedang.site.context.OWNERS_SIGN_IN", False)
    visitor = Client(headers={"host": "localhost"})
    answer = visitor.get("/sign-in/phone")
    assert answer.status_code == 404
    assert "没有开通短信" in answer.content.decode()
    assert "手机号码" not in visitor.get("/").content.decode()
    assert visitor.get("/outbox/").status_code == 404
