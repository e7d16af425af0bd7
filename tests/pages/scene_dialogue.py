"""Of the scene: a draft, notices sent and withdrawn, and orders in every state."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from chedang.site.organisation import authority_name
from chedang.site.shop.notices.files import evidence
from chedang.supervision import duties, notices
from chedang.supervision.duties import DutyActor, NewDuty
from chedang.supervision.model import DutyDeed, DutyKind, DutyParty
from chedang.supervision.models.notices import new_notice_id
from chedang.supervision.notice_texts import load_templates
from chedang.supervision.notices import Writing
from tests.pages.scene_enforcement import make_enforcement
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from datetime import datetime

    from chedang.supervision.models.notices import Notice
    from tests.pages.stage import Stage

_AUTHORITY = authority_name("330106")
_CODES = {
    "with_shop": "2222AAAA",
    "answered": "2222BBBB",
    "returned": "2222CCCC",
    "overdue": "2222DDDD",
    "done": "2222EEEE",
    "longer": "2222FFFF",
}


def make_dialogue(stage: Stage) -> None:
    """The county writes to the shop "west lake"."""
    for name, template in (("draft", "not_uploaded"), ("sent", "filing_ends"), ("withdrawn", "doubtful")):
        stage.ids[f"notice_{name}"] = _write(stage, template).public_id
    for name in ("sent", "withdrawn"):
        notices.send(stage.ids[f"notice_{name}"], stage.users["county"], now=NOW - DAY)
    notices.withdraw(stage.ids["notice_withdrawn"], stage.users["county"], "数字有误，另行通知。", now=NOW)
    for name in _CODES:
        _issue(stage, name, NOW - (60 if name == "overdue" else 2) * DAY)
    _work(stage)
    make_enforcement(stage)


def _write(stage: Stage, template: str) -> Notice:
    words = load_templates()[template]
    writing = Writing(
        kind=words.kind,
        title=words.title,
        text=words.text,
        template=template,
        asks_acknowledgement=words.asks_acknowledgement,
        audience=(stage.province.shops["west lake"],),
    )
    county = stage.users["county"]
    return notices.draft(new_notice_id(), writing, county, authority=_AUTHORITY, now=NOW - DAY)


def _issue(stage: Stage, name: str, at: datetime) -> None:
    new = NewDuty(
        kind=DutyKind.URGE if name == "longer" else DutyKind.ORDER,
        company_code=stage.province.shops["west lake"],
        division_code="330106",
        what="10 月有 12 张结算清单没有上传，请逐条补传，并说明原因。",
        days=10,
        basis="" if name == "longer" else "archive_upload",
        case_numbers=(stage.ids["case_with_county"],) if name == "with_shop" else (),
    )
    duties.issue(_CODES[name], new, stage.users["county"], organisation=_AUTHORITY, now=at)
    stage.ids[f"duty_{name}"] = _CODES[name]


def _work(stage: Stage) -> None:
    shop = DutyActor(DutyParty.SHOP, stage.users["shop"], stage.province.names["west lake"])
    county = DutyActor(DutyParty.OFFICER, stage.users["county"], _AUTHORITY)
    at = NOW - DAY
    for name in ("answered", "returned", "done"):
        files = evidence().clean((_photo(), b"%PDF-1.7\n%%EOF\n") if name == "answered" else ())
        text = "已补传 12 条，接口已经修好。"
        duties.answer(_CODES[name], shop, text, files, evidence=evidence(), seen=1, now=at)
    duties.return_answer(_CODES["returned"], county, 3, "还缺 3 条。", seen=2, now=at + timedelta(hours=1))
    duties.close(_CODES["done"], DutyDeed.ACCEPT, county, "", seen=2, now=at + timedelta(hours=1))
    duties.ask_longer(_CODES["longer"], shop, 5, "软件公司 3 天后才能上门。", seen=1, now=at)


def _photo() -> bytes:
    written = BytesIO()
    Image.new("RGB", (320, 200), (20, 60, 90)).save(written, "PNG")
    return written.getvalue()
