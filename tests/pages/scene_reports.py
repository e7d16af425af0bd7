"""Of the scene: a report that is written and one that is issued, announcements in every state, a listed software."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chedang.site.organisation import authority_name
from chedang.site.public.announcements import papers
from chedang.site.regulator.reports.counting import count_now
from chedang.supervision import announcing, reports, software_list
from chedang.supervision.announcement_model import AnnouncementDeed, AnnouncementKind
from chedang.supervision.announcing import Author, Words
from chedang.supervision.models.announcements import new_announcement_id
from chedang.supervision.models.reports import HalfYearReport, ReportState
from chedang.supervision.software_list import NewSoftware
from chedang.terms.dates import day_in_china
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
_STEPS = (
    ("announcement_draft", ()),
    ("announcement_checking", (AnnouncementDeed.SUBMIT,)),
    ("announcement", (AnnouncementDeed.SUBMIT, AnnouncementDeed.CHECK, AnnouncementDeed.PUBLISH)),
    (
        "announcement_withdrawn",
        (AnnouncementDeed.SUBMIT, AnnouncementDeed.CHECK, AnnouncementDeed.PUBLISH, AnnouncementDeed.WITHDRAW),
    ),
)


def make_reports(stage: Stage) -> None:
    """The province reports, the city announces."""
    _report(stage)
    for name, deeds in _STEPS:
        stage.ids[name] = _announce(stage, deeds)
    today = day_in_china(NOW)
    software = NewSoftware("虚构维修管家", "虚构软件有限公司", "3.1", "原生接口，表格", today + timedelta(days=700))
    software_list.put_on(software, stage.users["province"], authority=authority_name("330000"), today=today)


def _report(stage: Stage) -> None:
    """One that waits for texts, one that is ready to be issued, one that was."""
    officer = stage.users["province"]
    for name, period in zip(
        ("report", "report_ready", "report_issued"), reports.halves(day_in_china(NOW)), strict=False
    ):
        counted = count_now("330000", *period, now=NOW)
        made = reports.begin(officer, *period, counted, authority=authority_name("330000"), now=NOW)
        reports.write(made.public_id, "funds", "投入 12 万元。", officer, revision=0, now=NOW)
        stage.ids[name] = made.public_id
        for key in reports.blank_texts(made) if name != "report" else ():
            reports.write(made.public_id, key, "无", officer, revision=0, now=NOW)
    revision = HalfYearReport.objects.get(public_id=stage.ids["report_issued"]).revision
    issued = reports.issue(stage.ids["report_issued"], officer, revision=revision, now=NOW)
    assert issued.state == ReportState.ISSUED


def _announce(stage: Stage, deeds: tuple[AnnouncementDeed, ...]) -> str:
    city, province = (
        Author(stage.users[who], authority_name(code)) for who, code in (("city", "330100"), ("province", "330000"))
    )
    public_id = new_announcement_id()
    words = Words(
        AnnouncementKind.POLICY,
        "关于及时上传维修电子记录的通知",
        "一、及时上传。\n\n二、如实填写。",
        "虚构〔2026〕7号",
    )
    announcing.write(public_id, words, city, seen=0, now=NOW - DAY)
    papers().add(public_id, "全文", _PDF, city, now=NOW - DAY)
    for place, deed in enumerate(deeds, 1):
        author = province if deed is AnnouncementDeed.CHECK else city
        reason = "文号写错，另行发布。" if deed is AnnouncementDeed.WITHDRAW else ""
        announcing.act(public_id, deed, author, words=reason, seen=place, now=NOW - DAY)
    return public_id
