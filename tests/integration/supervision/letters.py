"""Officers of three divisions, three shops and their people, in a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from tests.pages.filled_province import Province

from chedang.access.models import User
from chedang.supervision import duties, notices
from chedang.supervision.duties import DutyActor, NewDuty
from chedang.supervision.evidence import Evidence
from chedang.supervision.model import DutyKind, DutyParty, NoticeKind
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.notices import Notice, Recipient, new_notice_id
from chedang.supervision.notices import Writing
from chedang.terms.dates import SHANGHAI

ISSUED = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)  # a Friday
DUE = datetime(2026, 11, 28, 0, 0, tzinfo=SHANGHAI)  # after five working days
SECOND = timedelta(seconds=1)
CODE = "7K2M9QXD"


def make_user(role: str, name: str, **columns: Any) -> User:
    return User.objects.create(username=name, display_name=name, role=role, password="!", **columns)


@dataclass
class Letters:
    """What the tests act in."""

    province: Province
    evidence: Evidence
    county: User
    city: User
    elsewhere: User
    clerk: User
    manager: User

    @classmethod
    def make(cls, url: str, data_dir: Path) -> Letters:
        province = Province(psycopg.connect(url))
        province.add_shop("one", 0, division_code="330106", is_approved=True)
        province.add_shop("two", 1, division_code="330106", is_approved=True)
        province.add_shop("ningbo", 2, division_code="330212", is_approved=True)
        province.add_shop("waiting", 3, division_code="330106", is_approved=False)
        one = {"company_code": province.shops["one"]}
        return cls(
            province,
            Evidence(data_dir),
            make_user("regulator", "county", division_code="330106"),
            make_user("regulator", "city", division_code="330100"),
            make_user("regulator", "elsewhere", division_code="330212"),
            make_user("shop", "clerk", shop_post="clerk", **one),
            make_user("shop", "manager", **one),
        )

    def officer(self, user: User) -> DutyActor:
        return DutyActor(DutyParty.OFFICER, user, f"{user.username}的机关")

    @property
    def shop(self) -> DutyActor:
        return DutyActor(DutyParty.SHOP, self.clerk, self.province.names["one"])

    def draft(self, officer: User | None = None, *, public_id: str = "", **words: Any) -> Notice:
        given = {"kind": NoticeKind.REMINDER, "title": "请上传", "text": "{企业名称}：{最后上传}", "is_to_all": True}
        writing = Writing(**given | words)
        officer = officer or self.county
        return notices.draft(public_id or new_notice_id(), writing, officer, authority="某机关", now=ISSUED)

    def send(self, officer: User | None = None, **words: Any) -> Notice:
        return notices.send(self.draft(officer, **words).public_id, officer or self.county, now=ISSUED)

    def recipient(self, notice: Notice, shop: str = "one") -> Recipient:
        return Recipient.objects.get(notice=notice, company_code=self.province.shops[shop])

    def issue(self, officer: User | None = None, *, code: str = CODE, now: datetime = ISSUED, **words: Any) -> Duty:
        given = {
            "kind": DutyKind.ORDER,
            "company_code": self.province.shops["one"],
            "division_code": "330106",
            "what": "补传十月的维修记录",
            "days": 5,
            "basis": "archive_upload",
        }
        officer = officer or self.county
        return duties.issue(code, NewDuty(**given | words), officer, organisation="某机关", now=now)

    def answer(self, text: str = "已补传", *, seen: int, now: datetime, files: tuple[bytes, ...] = ()) -> Duty:
        cleaned = self.evidence.clean(files)
        return duties.answer(CODE, self.shop, text, cleaned, evidence=self.evidence, seen=seen, now=now)
