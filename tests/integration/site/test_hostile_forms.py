"""What no browser sends: every page of a shop answers it with a sentence, and nothing falls."""

from __future__ import annotations

from random import Random
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.pages.filled_province import TODAY, Province

from chedang.access.model import AuditAction
from chedang.access.models import AuditEvent, User
from chedang.enterprises.model import WIRE_NAMES
from chedang.fiction.shops import make_shop
from chedang.site.account.throttle import claim
from chedang.site.shop.connect import days
from chedang.site.shop.filing import apply
from chedang.site.shop.why import export
from chedang.workshop.models import Draft
from chedang.workshop.models.orders import Order
from chedang.workshop.orders import content_of

NUL = "某\0某"
ORDER = "222222222222"
DRAFT = "6c1a9104-49eb-5f65-8904-a6435b0fd4de"


@pytest.fixture
def shop(node: str) -> Client:
    """The manager of a shop, signed in; pages meet this database."""
    with psycopg.connect(node) as connection:
        province = Province(connection)
        province.add_shop("own", 0, division_code="330106", is_approved=True)
    return _enter("manager", province.shops["own"])


def _enter(username: str, company_code: str, **columns: Any) -> Client:
    user = User(username=username, display_name="某人", role="shop", company_code=company_code, password="!", **columns)
    user.save()
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    client.force_login(user)
    return client


def test_an_order_that_is_no_order_is_refused_and_not_written_into_the_audit(shop: Client) -> None:
    for name in ("\0" * 12, "14200003301", "x" * 500):
        assert shop.post("/shop/orders/new", {"order_id": name, "plate_number": NUL}).status_code == 409
    assert shop.post(f"/shop/my-jobs/{'x' * 500}/x", {"do": "start"}).status_code == 404
    assert not Order.objects.exists()
    assert {event.object_id for event in AuditEvent.objects.filter(action=AuditAction.CHANGE_ORDER)} == {""}


def test_reasons_without_readable_characters_are_none(shop: Client) -> None:
    made = shop.post("/shop/orders/new", {"order_id": ORDER, "plate_number": NUL, "owner_name": NUL, "items-name": NUL})
    assert made.status_code == 302
    for deed, reason in (("cancel", "\0"), ("reopen", NUL), ("cancel", NUL)):
        assert shop.post(f"/shop/orders/{ORDER}/{deed}", {"reason": reason}).status_code == 302
    assert shop.get(f"/shop/orders/{ORDER}").status_code == 200
    assert Order.objects.get().state == "cancelled"


def test_addresses_that_lead_nowhere_are_answered(shop: Client) -> None:
    assert shop.get("/shop/records/?day=9999-12-31").status_code == 200
    assert shop.get("/shop/records/?day=0001-01-01").status_code == 200
    assert shop.post(f"/shop/connect/keys/{'x' * 500}/end").status_code == 302


def test_an_account_whose_shop_is_not_here_makes_no_key(shop: Client) -> None:
    assert _enter("nowhere", "339999000000009").post("/shop/connect/keys").status_code == 404


def test_a_file_of_numbers_is_compared(shop: Client) -> None:
    path = f"/shop/connect/days/{TODAY:%Y-%m-%d}"
    answer = shop.post(path, {"by": "settled", "file": SimpleUploadedFile("编号.csv", b"CD-77,x\nCD-78,y\n")})
    assert answer.status_code == 302
    page = shop.get(path).content.decode()
    assert "CD-77" in page
    assert "CD-78" in page


def test_a_file_of_numbers_that_is_too_large_is_refused_with_a_sentence(shop: Client) -> None:
    large = SimpleUploadedFile("编号.csv", b"CD-77\n" * 200_000)
    answer = shop.post(f"/shop/connect/days/{TODAY:%Y-%m-%d}", {"by": "settled", "file": large})
    assert answer.status_code == 422
    assert "文件超过 1 MB" in answer.content.decode()


@pytest.mark.parametrize("text", ["1" * 200_000, '"' + "\n1" * 200_000, "CD\0-1\n"])
def test_numbers_that_no_table_has_are_read_as_far_as_they_go(text: str) -> None:
    assert all(len(number) <= 64 and "\0" not in number for number in days.read_numbers(text))


def test_a_sample_that_cannot_be_read_is_sent_as_it_is(shop: Client) -> None:
    for body in ("[" * 30_000, '{"costlistcode":"\\ud800"}'):
        assert shop.post("/shop/connect/try", {"body": body, "key": "", "account": ""}).status_code in {200, 503}


def test_a_one_time_password_opens_no_draft(shop: Client) -> None:
    company_code = User.objects.get(username="manager").company_code
    newcomer = _enter("newcomer", company_code, must_change_password=True)
    assert newcomer.post(f"/shop/drafts/{DRAFT}/save", {"plate_number": "浙A12345"}).status_code == 401
    assert not Draft.objects.exists()


def test_a_taken_name_does_not_tell_its_password_to_who_keeps_guessing(shop: Client) -> None:
    manager = User.objects.get(username="manager")
    manager.set_password("Right-Password-77")
    manager.save()
    text = make_shop(Random(991), 991).registration
    filled = {name: str(getattr(text, name)) for name in WIRE_NAMES} | {
        "division_code": "330106",
        "username": "manager",
    }
    filled |= {"password": "upload-Word-55", "confirmed": "on"}
    stranger = Client(SERVER_NAME="127.0.0.1")

    def say(password: str) -> str:
        return stranger.post("/shops/apply", filled | {"account_password": password}).content.decode()

    said = [say(f"Wrong-Password-{number}") for number in range(8)]
    assert "这个账户名已经有人用了" in said[0]
    assert "密码错误次数过多" in said[-1]
    assert "密码错误次数过多" in say("Right-Password-77")
    assert not claim("manager"), "the sign-in page stays open to whom the name belongs"


def test_nobody_files_without_end_from_one_address(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "MOST_PER_ADDRESS", 2)
    text = make_shop(Random(992), 992).registration
    filled = {name: str(getattr(text, name)) for name in WIRE_NAMES} | {"division_code": "330106", "confirmed": "on"}
    stranger = Client(SERVER_NAME="127.0.0.1")
    for number in range(3):
        taken = {"username": "manager", "account_password": f"Wrong-Password-{number}", "password": "upload-Word-55"}
        said = stranger.post("/shops/apply", filled | taken).content.decode()
    assert "从这个网络今天提交得太多了" in said


def test_what_turns_the_reading_of_a_line_is_not_kept_in_an_order(shop: Client) -> None:
    typed = {
        "order_id": ORDER,
        "model": "某牌\u202eA6",
        "note": "一\u202e\r\n二",
        "fault_description": "异响\u200f\u2066x",
    }
    assert shop.post("/shop/orders/new", typed).status_code == 302
    content = content_of(Order.objects.get())
    assert (content.model, content.note, content.fault_description) == ("某牌A6", "一\n二", "异响x")


def test_few_archives_are_fetched_at_once_and_a_turn_comes_back(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "files_of", lambda _code: [("a.txt", ["x"])])
    others = [_enter(f"manager {code}", code) for code in ("330106000000071", "330106000000072")]
    under_way = [shop.post("/shop/export"), others[0].post("/shop/export")]
    assert [answer.status_code for answer in under_way] == [200, 200]
    assert shop.post("/shop/export").status_code == 302
    assert others[1].post("/shop/export").status_code == 302
    under_way[0].close()  # the line broke before anything was read
    third = others[1].post("/shop/export")
    assert third.status_code == 200
    assert b"".join(third.streaming_content).startswith(b"PK")
    assert b"".join(under_way[1].streaming_content).startswith(b"PK")
    assert shop.post("/shop/export").status_code == 200


def test_a_line_that_never_takes_its_archive_is_let_go(shop: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "files_of", lambda _code: [("a.txt", ["x"])])
    monkeypatch.setattr(export, "_LONGEST_SECONDS", -1)
    answer = shop.post("/shop/export")
    with pytest.raises(TimeoutError):
        b"".join(answer.streaming_content)
    assert shop.post("/shop/export").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/shop/connect/days/{TODAY:%Y-%m-%d}",
        "/shop/filing/attachments/",
        "/shop/files",
        f"/shop/credit/{TODAY.year - 1}/papers/complaints",
    ],
)
def test_a_page_that_takes_files_answers_a_form_without_any(shop: Client, path: str) -> None:
    for body in ("numbers=A1&by=settled", "numbers=A%001&kind=%00"):
        answer = shop.post(path, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500
