"""Everything that a shop gave the archive or was told about itself, file by file, each made piece by piece.

Personal data: names of the shop's own people, VINs and plates of its customers, and what its order book holds. Who
reviewed the shop is as hidden here as on its pages; what an owner wrote in a report stays on the page of the report.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db.models import Q

from chedang.enterprises import store as enterprises
from chedang.enterprises.model import Registration
from chedang.enterprises.profiles import read_profiles
from chedang.filing.models import StaffCertificate, StaffMember
from chedang.filing.staff import number_of
from chedang.intake.files.csvs import guard
from chedang.records.model import StoredVersion
from chedang.records.versions import read_company_versions
from chedang.reviews.case_model import CaseKind, CaseState, Party
from chedang.reviews.models.cases import Case, CaseStep
from chedang.reviews.models.ratings import Review
from chedang.site.archive.connections import archive
from chedang.site.reviews.listing import days_of, in_order
from chedang.site.reviews.presentation import ReviewView, others_view
from chedang.supervision.models.credit import CreditAssessment
from chedang.supervision.models.duties import DutyStep
from chedang.supervision.models.notices import Recipient
from chedang.supervision.notice_texts import fill
from chedang.terms.dates import SHANGHAI
from chedang.workshop.models import CompletionCertificate, Explanation
from chedang.workshop.order_export import orders_csv, orders_json

_RECORDS: Final = 300
_ROWS: Final = 200
_KEPT_OF_REGISTRATION: Final = (
    *(field.name for field in dataclasses.fields(Registration)),
    *("company_code", "national_code", "review_state", "reviewed_at", "review_reason", "created_at"),
)
_RECORD_HEADINGS: Final = (
    *("记录", "版本", "状态", "结算清单编号", "车架号", "车牌号码", "送修日期", "结算日期", "送修里程", "故障描述"),
    *("维修项目和工时", "配件", "发现的问题", "来源", "修改人", "修改原因", "收到时间"),
)
README: Final = """车档：本店数据

records.csv / records.ndjson   本店每一条维修记录的每一个版本（包括作废的和改到别的车架号下的）
orders.csv / orders.json       工单簿，有金额；金额只在本店的工单簿里
completion-certificates.ndjson 合格证
explanations.csv               本店对记录所作的说明
reviews.csv                    车主对本店的评价（代号）和本店的回复、申诉
cases.csv                      反馈和投诉里本店的答复
notices.csv                    收到的通知
duties.csv                     责令改正的经过
registration.json              备案内容和对外信息
staff.csv                      人员和证书
credit.json                    各年度质量信誉自评

csv 用 UTF-8，表格软件可以直接打开；以 = + - @ 开头的文字前面加了一个撇号。
json 和 ndjson（每行一条）用 UTF-8，时间带时区。接口密钥和密码任何地方都不保存原文，所以不在里面。
"""


def files_of(company_code: str) -> Iterator[tuple[str, Iterable[str]]]:
    """Name and pieces of every file. Nothing is read before its file's turn comes."""
    yield "README.txt", (README,)
    yield "registration.json", _registration(company_code)
    yield "records.csv", _table(_RECORD_HEADINGS, map(_record_row, _versions(company_code)))
    yield "records.ndjson", map(_record_line, _versions(company_code))
    yield "orders.csv", orders_csv(company_code)
    yield "orders.json", orders_json(company_code)
    yield "completion-certificates.ndjson", _completion(company_code)
    yield "explanations.csv", _explanations(company_code)
    yield "reviews.csv", _reviews(company_code)
    yield "cases.csv", _cases(company_code)
    yield "notices.csv", _notices(company_code)
    yield "duties.csv", _duties(company_code)
    yield "staff.csv", _staff(company_code)
    yield "credit.json", _credit(company_code)


def _versions(company_code: str) -> Iterator[StoredVersion]:
    """Page by page, so that no connection is held while somebody's slow line takes what was read."""
    last: StoredVersion | None = None
    while True:
        with archive() as connection:
            page = read_company_versions(connection, company_code, limit=_RECORDS, after=last)
        if not page:
            return
        yield from page
        last = page[-1]


def _record_row(version: StoredVersion) -> tuple[str, ...]:
    text = version.text
    return (
        version.record_id.hex,
        str(version.version),
        version.state,
        text.settlement_list_number,
        text.vin,
        text.plate_number,
        text.repair_date,
        text.settle_date,
        text.mileage,
        text.fault_description,
        "；".join(f"{project.name} {project.hours}".strip() for project in text.projects),
        "；".join(f"{part.name} {part.code} ×{part.quantity}" for part in text.parts),
        " ".join(finding.code for finding in version.findings),
        version.origin,
        version.actor,
        version.reason,
        _at(version.received_at),
    )


def _record_line(version: StoredVersion) -> str:
    """The 13 elements under their wire names, with what was found in them."""
    whole = {
        "record_id": version.record_id,
        "version": version.version,
        "state": version.state,
        "received_at": _at(version.received_at),
        "origin": version.origin,
        "dialect": version.dialect,
        "actor": version.actor,
        "reason": version.reason,
        "elements": version.text,
        "findings": version.findings,
    }
    return msgspec.json.encode(whole).decode() + "\n"


def _registration(company_code: str) -> Iterator[str]:
    with archive() as connection:
        enterprise = enterprises.find_by_code(connection, company_code)
        profile = read_profiles(connection, [company_code]).get(company_code)
    kept = {name: getattr(enterprise, name) for name in _KEPT_OF_REGISTRATION} if enterprise else {}
    yield msgspec.json.encode({"registration": kept, "profile": profile}, enc_hook=str).decode()


def _completion(company_code: str) -> Iterator[str]:
    for paper in CompletionCertificate.objects.filter(company_code=company_code).order_by("pk").iterator(_ROWS):
        row = {
            "number": paper.number,
            "content": json.loads(paper.content),
            "issued_at": _at(paper.issued_at),
            "cancelled_at": _at(paper.cancelled_at),
            "cancelled_why": paper.cancelled_why,
        }
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _explanations(company_code: str) -> Iterator[str]:
    rows = Explanation.objects.filter(company_code=company_code).order_by("pk").iterator(_ROWS)
    said = ((row.record_id.hex, str(row.version), row.finding_code, row.text, _at(row.made_at)) for row in rows)
    return _table(("记录", "版本", "问题", "说明", "时间"), said)


def _reviews(company_code: str) -> Iterator[str]:
    """As the shop's own page shows them: a pseudonym and a period, no day, no job."""
    headings = ("评价", "车主代号", "时间", "分数", "各项", "标签", "计入评分", "文字", "申诉", "申诉结果")
    return _table(headings, map(_review_row, _review_views(company_code)))


def _review_views(company_code: str) -> Iterator[ReviewView]:
    found, days = in_order(Review.objects.filter(company_code=company_code, withdrawn_at=None)), days_of(company_code)
    start = 0
    while page := list(found[start : start + _ROWS]):
        yield from others_view(page, days, is_shop=True)
        start += _ROWS


def _review_row(view: ReviewView) -> tuple[str, ...]:
    appeal = view.appeal
    return (
        view.ref,
        view.name,
        view.period,
        "" if view.is_hidden else view.mark,
        "；".join(f"{question} {answer}" for question, answer in view.answers),
        "；".join(tag for tag, _is_good in view.tags),
        "是" if view.is_counted else "否",
        "；".join(f"{text.heading}：{text.text}" for text in view.texts),
        appeal.text if appeal else "",
        appeal.outcome if appeal else "",
    )


def _cases(company_code: str) -> Iterator[str]:
    """What the shop did in its cases. A complaint is its business from when it is forwarded."""
    unforwarded = Q(kind=CaseKind.COMPLAINT) & ~Q(steps__state=CaseState.FORWARDED)
    own = Case.objects.filter(company_code=company_code).exclude(unforwarded).values("pk")
    steps = CaseStep.objects.filter(case__in=own, party=Party.SHOP).select_related("case").order_by("pk")
    headings = ("编号", "类别", "现在的状态", "本店所办", "文字", "时间")
    rows = (
        (step.case.number, step.case.kind, step.case.state, step.deed, step.text, _at(step.at))
        for step in steps.iterator(_ROWS)
    )
    return _table(headings, rows)


def _notices(company_code: str) -> Iterator[str]:
    found = Recipient.objects.filter(company_code=company_code).select_related("notice").order_by("pk")
    headings = ("发出机关", "标题", "正文", "送达", "已读", "确认")
    rows = (
        (
            row.notice.authority,
            fill(row.notice.title, row.fills),
            fill(row.notice.text, row.fills),
            _at(row.delivered_at),
            _at(row.read_at),
            _at(row.acknowledged_at),
        )
        for row in found.iterator(_ROWS)
    )
    return _table(headings, rows)


def _duties(company_code: str) -> Iterator[str]:
    steps = DutyStep.objects.filter(duty__company_code=company_code).select_related("duty").order_by("pk")
    headings = ("编号", "发出机关", "依据", "需要改正的内容", "经过", "谁", "文字", "时间", "期限")
    rows = (
        (
            step.duty.code,
            step.duty.authority,
            step.duty.basis_words,
            step.duty.what,
            step.deed,
            step.organisation,
            step.text,
            _at(step.at),
            _at(step.due_at),
        )
        for step in steps.iterator(_ROWS)
    )
    return _table(headings, rows)


def _staff(company_code: str) -> Iterator[str]:
    headings = ("姓名", "工种", "到岗日期", "离职日期", "证书", "证书编号", "等级", "发证单位", "有效期至")
    return _table(headings, _people(company_code))


def _people(company_code: str) -> Iterator[tuple[str, ...]]:
    people = StaffMember.objects.filter(company_code=company_code).order_by("pk").prefetch_related("certificates")
    for person in people.iterator(_ROWS):
        own = (person.name, person.trade, str(person.joined_on), str(person.left_on or ""))
        certificates = [row for row in person.certificates.all() if row.ended_at is None]
        for row in certificates:
            yield (*own, *_certificate(row))
        if not certificates:
            yield (*own, "", "", "", "", "")


def _certificate(row: StaffCertificate) -> tuple[str, ...]:
    return (row.kind, number_of(row), row.level, row.issued_by, str(row.valid_until_on or ""))


def _credit(company_code: str) -> Iterator[str]:
    found: list[dict[str, Any]] = [
        {"year": row.year, "state": row.state, "stated": row.stated, "submitted_at": _at(row.submitted_at)}
        | {"handed_in": row.snapshot}
        for row in CreditAssessment.objects.of_shop(company_code).order_by("year")
    ]
    yield json.dumps(found, ensure_ascii=False)


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """CSV with a byte order mark, line by line."""
    yield "\ufeff" + _line(headings)
    for row in rows:
        yield _line(row)


def _line(cells: tuple[str, ...]) -> str:
    held = io.StringIO()
    csv.writer(held).writerow([guard(cell) for cell in cells])
    return held.getvalue()


def _at(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(SHANGHAI).isoformat(timespec="seconds")
