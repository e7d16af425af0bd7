"""Certificates: the same bytes for ever, and an honest answer to whether one still stands."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pypdf
import pytest
import vl_convert
import zxingcpp
from django.db import connection
from PIL import Image

from chedang.access.models import AuditEvent, User
from chedang.enterprises.known import KnownEnterprise
from chedang.enterprises.model import ReviewState
from chedang.owners.certificate_content import canonical_json, digest_of
from chedang.owners.certificate_pdf import certificate_pdf, digest_in_groups, open_address
from chedang.owners.certificates import (
    Change,
    Issuer,
    NotAllowed,
    NothingToCertify,
    Standing,
    TooManyToday,
    certificates_of,
    check,
    find_certificate,
    is_of,
    issue,
    matches_digest,
    read_as_bearer,
    revoke,
)
from chedang.owners.models import Binding
from chedang.owners.proof_models import Certificate
from chedang.platform.qr import qr_svg
from chedang.records.model import PartText, ProjectText, RecordState, RecordText, StoredVersion
from chedang.vehicles.home import HomeFacts
from chedang.vehicles.model import VehicleFile
from chedang.vehicles.rules import assemble_file
from chedang.vehicles.views import View, redact

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
VIN, PLATE = "LXXR9S194MB292903", "浙A12345"
SHOP, SHOP_NAME = "330106000000001", "杭州青禾汽车销售服务有限公司"
ISSUER = Issuer("33", "浙江", "http://localhost:8000/certificates/")
COMPANIES = {
    SHOP: KnownEnterprise(
        company_code=SHOP, company_name=SHOP_NAME, division_code="330106", category_code="01",
        review_state=ReviewState.APPROVED,
    )
}  # fmt: skip


def visit(number: int, **changes: Any) -> StoredVersion:
    """The visit of one month, a thousand kilometres after the one before."""
    on = date(2024 + number // 12, number % 12 + 1, 14)
    text = RecordText(
        company_name=SHOP_NAME,
        vin=VIN,
        plate_number=PLATE,
        mileage=str(10_000 + 1_000 * number),
        fault_description="按期保养，更换机油 #set text(red) $x$",
        settlement_list_number=f"JS-{number}",
        parts=(PartText("全合成机油 5W-30", "OIL-5W30-4L", "4"),),
        projects=(ProjectText("更换机油", "0.5"),),
    )
    values: dict[str, Any] = {
        "vin": VIN,
        "record_id": UUID(int=number + 1),
        "version": 1,
        "state": RecordState.ACTIVE,
        "company_code": SHOP,
        "settlement_list_number": f"JS-{number}",
        "plate_number": PLATE,
        "repair_on": on,
        "settled_on": on,
        "mileage_km": Decimal(10_000 + 1_000 * number),
        "text": text,
        "findings": (),
        "origin": "local",
        "dialect": "lcippro",
        "actor": "",
        "reason": "",
        "received_at": datetime(on.year, on.month, on.day, 10, tzinfo=UTC),
    }
    return StoredVersion(**(values | changes))


def file_of(*versions: StoredVersion) -> VehicleFile:
    return assemble_file(VIN, versions, home_facts=HomeFacts("33", "", {}))


FILE = file_of(*(visit(number) for number in range(5)))


class Owned:
    """An owner with a car."""

    def __init__(self) -> None:
        self.person = User.objects.create(username="owner", display_name="车主", role="owner", password="!")
        self.binding = Binding.objects.create(
            public_id="car", user=self.person, vin=VIN, kind="own", proof="claim_code", bound_at=NOW
        )

    def issue(self, file: VehicleFile = FILE, view: View = View.BUYER, now: datetime = NOW) -> Certificate:
        shown = redact(file, view, companies=COMPANIES)
        return issue(self.binding.as_access(), self.person, file, shown, issuer=ISSUER, now=now)


@pytest.fixture
def owned(django_database: str) -> Owned:
    return Owned()


def officer(division_code: str) -> User:
    return User.objects.create(
        username=division_code, display_name="监管", role="regulator", division_code=division_code, password="!"
    )


def test_the_digest_is_that_of_the_json_in_every_form_and_nothing_changes_when_made_again(owned: Owned) -> None:
    made = owned.issue()
    kept = Certificate.objects.get(number=made.number)
    assert hashlib.sha256(kept.content.encode()).hexdigest() == kept.digest == made.digest
    content = json.loads(kept.content)
    assert json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == kept.content
    assert canonical_json(kept.read_content()) == kept.content
    first = certificate_pdf(kept)
    connection.close()
    again = find_certificate(made.number.lower().replace("-", " "))
    assert again is not None
    assert certificate_pdf(again) == first
    assert digest_of(again.content) == made.digest
    assert (content["number"], content["issued_at"]) == (made.number, "2026-11-22T18:00:00+08:00")
    assert content["valid_until"] == "2027-02-20T18:00:00+08:00"


def test_the_paper_can_be_read_back_and_brings_its_font(owned: Owned) -> None:
    made = owned.issue(view=View.OWNER)
    reader = pypdf.PdfReader(io.BytesIO(certificate_pdf(made)))
    text = "\n".join(page.extract_text() for page in reader.pages)
    bare = re.sub(r"\s", "", text)
    for said in (made.number, "里程合理", VIN, "浙A·12345", SHOP_NAME, "JS-4", "14,000千米", "全合成机油5W-30"):
        assert said in bare, said
    assert "#settext(red)$x$" in bare
    assert re.sub(r"\s", "", digest_in_groups(made.digest)) in bare
    assert f"第1页，共{len(reader.pages)}页" in bare
    width, height = (round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:])
    assert (width, height) == (210, 297)
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            [inner] = font.get_object()["/DescendantFonts"]
            name, described = inner.get_object()["/BaseFont"], inner.get_object()["/FontDescriptor"].get_object()
            assert re.match(r"/[A-Z]{6}\+NotoSans(Mono)?CJKsc", name), "a subset of the Chinese font"
            assert any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3"))
    order = [bare.index(word) for word in ("结算清单编号", "维修企业", "送修里程", "故障描述", "维修项目", "配件编码")]
    assert order == sorted(order)


def test_a_buyers_certificate_holds_no_plate_shop_or_day_in_any_form(owned: Owned) -> None:
    made = owned.issue()
    reader = pypdf.PdfReader(io.BytesIO(certificate_pdf(made)))
    paper = re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))
    for text in (made.content, paper):
        for hidden in (VIN, PLATE, "12345", SHOP_NAME, SHOP, "JS-1", "2024-03-14", "3月14日"):
            assert hidden not in text, hidden
        assert VIN[-6:] in text


def test_the_qr_code_leads_to_the_page_with_the_beginning_of_the_digest(owned: Owned) -> None:
    made = owned.issue()
    address = open_address(made.read_content(), made.digest)
    assert address == f"http://localhost:8000/certificates/{made.number}?digest={made.digest[:8]}"
    assert seen(qr_svg(address, label="核对")) == address


def seen(picture: str) -> str:
    """What a camera reads from a picture that a page or a paper shows."""
    drawn = Image.open(io.BytesIO(vl_convert.svg_to_png(picture, scale=8)))
    [read] = zxingcpp.read_barcodes(drawn.convert("L"))
    return str(read.text)


def test_a_long_file_is_bounded_and_counted(owned: Owned) -> None:
    long_file = file_of(*(visit(number) for number in range(230)))
    made = owned.issue(long_file)
    content = made.read_content()
    assert (len(content.vehicle.visits), content.vehicle.left_out_count) == (200, 30)
    assert content.vehicle.record_count == 230


CORRECTED = file_of(*(visit(number) for number in range(5)), visit(2, version=2))
WITHDRAWN = file_of(*(visit(number) for number in range(4)), visit(4, state=RecordState.VOID, version=2))
ROLLED_BACK = file_of(
    *(visit(number) for number in range(5)),
    *(visit(number, mileage_km=Decimal(2_000 + number)) for number in range(5, 9)),
)
GROWN = file_of(*(visit(number) for number in range(7)))


@pytest.mark.parametrize(
    ("today", "standing", "changes"),
    [
        (FILE, Standing.STANDS, ()),
        (GROWN, Standing.STANDS, ()),
        (CORRECTED, Standing.SUPERSEDED, (Change.CORRECTED,)),
        (WITHDRAWN, Standing.SUPERSEDED, (Change.WITHDRAWN,)),
        (ROLLED_BACK, Standing.SUPERSEDED, (Change.VERDICT,)),
    ],
    ids=["same", "newer visits", "corrected", "void", "verdict turned"],
)
def test_whether_it_stands_is_found_from_the_records_of_today(
    owned: Owned, today: VehicleFile, standing: Standing, changes: tuple[Change, ...]
) -> None:
    made = owned.issue()
    checked = check(made, today, now=NOW + timedelta(days=1))
    assert (checked.standing, checked.changes) == (standing, changes)
    assert checked.is_open_to_bearer


def test_it_ends_after_ninety_days_and_when_it_is_taken_back(owned: Owned) -> None:
    made = owned.issue()
    assert check(made, FILE, now=NOW + timedelta(days=90, seconds=-1)).standing is Standing.STANDS
    expired = check(made, FILE, now=NOW + timedelta(days=90))
    assert expired.standing is Standing.EXPIRED
    assert not expired.is_open_to_bearer
    for _ in range(2):
        revoked = revoke(made, owned.person, now=NOW + timedelta(days=1))
    checked = check(revoked, CORRECTED, now=NOW + timedelta(days=100))
    assert checked.standing is Standing.REVOKED
    assert not checked.is_open_to_bearer
    assert AuditEvent.objects.filter(action="certificate:revoke", purpose="own_vehicle").count() == 1


def test_an_officer_of_the_province_takes_one_back_with_a_reason_and_nobody_else_does(owned: Owned) -> None:
    made = owned.issue()
    province, county = officer("330000"), officer("330106")
    stranger = User.objects.create(username="stranger", display_name="车主", role="owner", password="!")
    for person, reason in ((province, "  "), (county, "伪造的记录"), (stranger, "伪造的记录")):
        with pytest.raises(NotAllowed):
            revoke(made, person, reason=reason, now=NOW)
    assert revoke(made, province, reason="其中的记录是伪造的", now=NOW).revoked_why == "其中的记录是伪造的"
    event = AuditEvent.objects.get(action="certificate:revoke")
    assert (event.actor_id, event.purpose, event.vin, event.object_id) == (province.pk, "supervision", VIN, made.number)


def test_only_the_owner_issues_and_only_what_may_be_certified(owned: Owned) -> None:
    access = owned.binding.as_access()
    for view in (View.AUTHORITY, View.VERDICT):
        with pytest.raises(NotAllowed):
            owned.issue(view=view)
    with pytest.raises(NothingToCertify):
        owned.issue(file_of())
    owned.binding.kind = "consent"
    with pytest.raises(NotAllowed):
        owned.issue()
    owned.binding.kind, owned.binding.ended_at = "own", NOW
    owned.binding.save()
    with pytest.raises(NotAllowed):
        owned.issue()
    assert certificates_of(access) == []
    assert not AuditEvent.objects.exists()


def test_ten_a_day_of_one_car_are_enough(owned: Owned) -> None:
    for _ in range(10):
        owned.issue()
    with pytest.raises(TooManyToday):
        owned.issue()
    owned.issue(now=NOW + timedelta(days=1))
    assert len(certificates_of(owned.binding.as_access())) == 11
    assert AuditEvent.objects.filter(action="certificate:issue", vin=VIN).count() == 11


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        (lambda digest: digest[:8], True),
        (lambda digest: f" {digest[:8].upper()} ", True),
        (digest_in_groups, True),
        (lambda digest: digest[:7], False),
        (lambda digest: digest[1:9], False),
        (lambda digest: digest + "0", False),
        (lambda digest: "啊" * 8, False),
        (lambda digest: "", False),
    ],
)
def test_the_beginning_of_the_digest_opens_and_nothing_else(
    owned: Owned, typed: Callable[[str], str], is_right: bool
) -> None:
    made = owned.issue()
    assert matches_digest(made, typed(made.digest)) is is_right


def test_a_bearers_look_is_written_down_for_the_owner_to_see(owned: Owned) -> None:
    made = owned.issue()
    read_as_bearer(made, viewer=None, now=NOW)
    event = AuditEvent.objects.get(action="share:read")
    assert (event.vin, event.object_id, event.purpose, event.actor_id) == (VIN, made.number, "shared", None)


def test_it_is_the_owners_as_long_as_the_car_is(owned: Owned) -> None:
    made = owned.issue()
    assert is_of(made, owned.person, now=NOW) is not None
    owned.binding.ended_at = NOW
    owned.binding.save()
    assert is_of(made, owned.person, now=NOW) is None
    assert find_certificate(made.number) == made


def test_a_number_that_was_never_issued_is_unknown_like_any_nonsense(owned: Owned) -> None:
    for typed in ("33-2611-7K2M-9QXD", "", "啊", "../../etc/passwd", "'; drop table"):
        assert find_certificate(typed) is None


def test_the_picture_on_pages_is_a_qr_code_with_words_for_those_who_cannot_see_it() -> None:
    picture = qr_svg("http://localhost:8000/s/7K2M-9QXD-3FHT-4WZA", label="分享链接 <的> 二维码")
    assert picture.startswith('<svg role="img"')
    assert "<title>分享链接 &lt;的&gt; 二维码</title>" in picture
    assert "style" not in picture
