"""证据包: what the system holds about one shop over a period, as files whose digests a signed list names.

Made as it is read, so that a shop with any number of records costs the memory of one piece. Equal data at the same
instant give equal bytes. Business data only: VINs are masked, no plate, no person, no amount of the shop's order book.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection

from chedang.enterprises.model import Enterprise
from chedang.exchange.keys import fingerprint
from chedang.exchange.signing import Signer
from chedang.platform.database import load_queries
from chedang.platform.tables import harmless
from chedang.platform.zips import as_bytes
from chedang.supervision.enforcement_limits import limits
from chedang.supervision.enforcement_model import (
    CensureDeed,
    CensureState,
    HandOverResult,
    SanctionDeed,
    SanctionKind,
    SanctionState,
)
from chedang.supervision.handovers import HANDED
from chedang.supervision.model import DutyDeed, DutyKind, DutyState, NoticeKind
from chedang.supervision.models.duties import Duty, DutyStep
from chedang.supervision.models.enforcement import CaseStep, Censure, HandOver, Sanction
from chedang.supervision.models.notices import Recipient
from chedang.terms.dates import SHANGHAI

FORMAT: Final = "chedang-evidence-1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
PUBLIC_KEY: Final = "node-key.pem"
HOW_TO_CHECK: Final = "核验方法.txt"
_AT_ONCE: Final = 2000
_NO_ID: Final = UUID(int=0)
_NOBODYS: Final = "~"
_SHOWN_AT_FRONT: Final = 3
_SHOWN_AT_END: Final = 4
_SQL: Final = load_queries("chedang.supervision", "evidence.sql")

File = tuple[str, Iterable[str | bytes]]
Word = Callable[[StrEnum], str]
"""What a kind, state or deed is called in Chinese: whoever receives a pack has no list of our codes."""


class FromItsDesk(msgspec.Struct, frozen=True):
    """What the shop's own desk and software said; counts alone, for its order book is its own."""

    certificates_without_record: int = 0
    """合格证 issued in the period whose record is not in the archive."""
    settled_unsent: int = 0
    """Jobs settled on its pages in the period and not sent."""
    named_days: tuple[tuple[str, int, int, int], ...] = ()
    """每日对账 of the period that are still kept: day, named by the shop, held then, missing now."""


class Expected(msgspec.Struct, frozen=True):
    """预期工单数 for the period."""

    jobs: Decimal
    method: str
    """How it was found, in Chinese."""


class Pack(msgspec.Struct, frozen=True):
    """The figures of a pack; lists are read when their files are written."""

    shop: Enterprise
    authority: str
    since_on: date
    until_on: date
    made_at: datetime
    received: int
    standing: int
    faulty: int
    doubtful: int
    months: tuple[tuple[str, int], ...]
    expected: Expected
    desk: FromItsDesk
    notice_count: int
    """Delivered since the period began, up to the making; these and those below are what ``通知和回执.csv`` … list."""
    unread_count: int
    duty_count: int
    """All up to the making, as of 通报 and 处罚."""
    censure_count: int
    sanction_count: int
    title: str = "证据包"
    number: str = ""
    """移送编号, '' for a pack that is not handed over."""
    facts: tuple[tuple[str, str], ...] = ()
    """More lines of the cover."""

    @property
    def since(self) -> datetime:
        return datetime.combine(self.since_on, time(), SHANGHAI)


def gather(
    shop: Enterprise, since_on: date, until_on: date, *, desk: FromItsDesk, authority: str, made_at: datetime
) -> Pack:
    """Count what the pack tells. Raises ValueError for a period that ends before it begins or is too long."""
    if not 0 <= (until_on - since_on).days < limits().pack.most_days:
        raise ValueError("a pack covers at least a day and at most so many as the parameters say")
    span = _span(shop.company_code, since_on, until_on, made_at)
    received, standing, faulty, doubtful = _rows("count_received", span)[0]
    of_shop = {"company_code": shop.company_code}
    told = _notices(shop.company_code, since_on, made_at)
    return Pack(
        shop=shop,
        authority=authority,
        since_on=since_on,
        until_on=until_on,
        made_at=made_at,
        received=received,
        standing=standing,
        faulty=faulty,
        doubtful=doubtful,
        months=tuple(_rows("count_months", span)),
        expected=expected_jobs(shop.company_code, since_on, until_on),
        desk=desk,
        notice_count=told.count(),
        unread_count=told.filter(read_at=None).count(),
        duty_count=Duty.objects.filter(**of_shop, issued_at__lte=made_at).count(),
        censure_count=Censure.objects.filter(**of_shop, drafted_at__lte=made_at).count(),
        sanction_count=Sanction.objects.filter(**of_shop, entered_at__lte=made_at).count(),
    )


def expected_jobs(company_code: str, since_on: date, until_on: date) -> Expected:
    """The shop's own daily average before the period, for as many days as the period has."""
    days = limits().pack.average_days
    before = _span(company_code, since_on - timedelta(days=days), since_on - timedelta(days=1), None)
    received = _rows("count_received", before)[0][0]
    length = (until_on - since_on).days + 1
    jobs = (Decimal(received) * length / days).quantize(Decimal("0.1"), ROUND_HALF_UP)
    method = f"考察期以前 {days} 天收到 {received} 条，按日平均乘考察期 {length} 天；不计节假日和季节"
    return Expected(jobs, method)


def files_of(
    pack: Pack, signer: Signer, *, cover: bytes, index: Callable[[Pack], str], word: Word
) -> Iterator[tuple[str, Iterable[str | bytes]]]:
    """Files of the pack in order, to be written one after the other; the signed list of digests comes last."""
    digests: list[dict[str, Any]] = []
    for name, pieces in _contents(pack, cover, index, word):
        yield name, _digested(name, pieces, digests)
    manifest = msgspec.json.format(msgspec.json.encode(_manifest(pack, signer, digests)), indent=2)
    yield MANIFEST, [manifest]
    yield SIGNATURE, [signer.sign(manifest)]
    key = Ed25519PublicKey.from_public_bytes(signer.public_key)
    yield PUBLIC_KEY, [key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)]
    yield HOW_TO_CHECK, [how_to_check(signer)]


def how_to_check(signer: Signer) -> str:
    """核验方法, for whoever receives the file."""
    return (
        "一、核对签名（需要 OpenSSL 3）：\n"
        f"openssl pkeyutl -verify -pubin -inkey {PUBLIC_KEY} -rawin -in {MANIFEST} -sigfile {SIGNATURE}\n"
        "显示 Signature Verified Successfully 的，清单从签名以后没有改动过。\n\n"
        "二、核对公钥：向出具机关用另外的途径（电话、公函）核对公钥指纹：\n"
        f"{fingerprint(signer.algorithm, signer.public_key)}\n\n"
        f"三、核对文件：{MANIFEST} 的 files 列出每个文件的 SHA-256，用 sha256sum 文件名 逐个比对。\n"
    )


def mask_vin(vin: str) -> str:
    """A VIN as enforcement needs it: enough to compare with a paper, too little to look a car up. '' for none."""
    if vin.startswith(_NOBODYS) or len(vin) <= _SHOWN_AT_FRONT + _SHOWN_AT_END:
        return ""
    hidden = len(vin) - _SHOWN_AT_FRONT - _SHOWN_AT_END
    return f"{vin[:_SHOWN_AT_FRONT]}{'*' * hidden}{vin[-_SHOWN_AT_END:]}"


def _contents(pack: Pack, cover: bytes, index: Callable[[Pack], str], word: Word) -> Iterator[File]:
    code, made_at = pack.shop.company_code, pack.made_at
    yield "封面.pdf", [cover]
    yield "index.html", [index(pack)]
    yield "企业备案.csv", _csv(("项目", "内容"), filing_facts(pack.shop))
    yield "收到的记录.csv", _csv(_RECORD_HEADINGS, _records(pack))
    yield "每日对账.csv", _csv(("日期", "企业报出", "当时收到", "至今没有收到"), pack.desk.named_days)
    yield "通知和回执.csv", _csv(_NOTICE_HEADINGS, _notice_rows(pack, word))
    yield "责令改正.csv", _csv(_DUTY_HEADINGS, _duty_rows(code, made_at, word))
    yield "责令改正经过.csv", _csv(_STEP_HEADINGS, _duty_step_rows(code, made_at, word))
    yield "通报.csv", _csv(_CENSURE_HEADINGS, _censure_rows(code, made_at, word))
    yield "处罚.csv", _csv(_SANCTION_HEADINGS, _sanction_rows(code, made_at, word))
    yield "移送.csv", _csv(_HAND_OVER_HEADINGS, _hand_over_rows(code, made_at, word))
    yield "通报处罚移送经过.csv", _csv(_CASE_STEP_HEADINGS, _case_step_rows(code, made_at, word))


def filing_facts(shop: Enterprise) -> list[tuple[str, str]]:
    """What the shop filed; business data, no person."""
    return [
        ("企业名称", shop.company_name),
        ("维修企业编码", shop.company_code),
        ("统一社会信用代码", shop.unified_credit_code),
        ("许可证号或备案号", shop.road_transport_license),
        ("行政区划代码", shop.division_code),
        ("经营业务类别", shop.category_code),
        ("有效期起", _said(shop.license_start_on)),
        ("有效期止", _said(shop.license_end_on)),
        ("审核状态", shop.review_state.label),
    ]


_RECORD_HEADINGS: Final = (
    "首次收到", "结算清单编号", "维修日期", "结算日期", "版本", "状态", "错误", "疑问", "最新版本收到",
    "内容摘要（SHA-256）", "车架号（部分）",
)  # fmt: skip
_NOTICE_HEADINGS: Final = ("编号", "种类", "标题", "发出机关", "送达", "阅读", "确认知悉", "撤回")
_DUTY_HEADINGS: Final = (
    "编号",
    "种类",
    "状态",
    "发出机关",
    "依据",
    "内容",
    "发出",
    "期限",
    "答复",
    "是否迟于期限",
    "办结",
)
_STEP_HEADINGS: Final = ("编号", "步", "时间", "经办", "办理", "状态", "期限", "内容", "材料数")
_CENSURE_HEADINGS: Final = (
    "编号",
    "责令改正编号",
    "状态",
    "机关",
    "内容",
    "依据",
    "发布",
    "公示到",
    "改正日期",
    "企业申辩",
)
_SANCTION_HEADINGS: Final = (
    "文号",
    "事项",
    "种类",
    "状态",
    "机关",
    "决定日期",
    "金额（元）",
    "幅度",
    "幅度以外的理由",
    "缴清日期",
)
_HAND_OVER_HEADINGS: Final = ("移送编号", "移送机关", "接收机关", "移送时间", "结果", "结果日期", "文件摘要（SHA-256）")
_CASES: Final[Mapping[str, tuple[type[StrEnum], type[StrEnum]]]] = {
    "censure": (CensureDeed, CensureState),
    "hand_over": (HandOverResult, HandOverResult),
    "sanction": (SanctionDeed, SanctionState),
}
"""Column of a step → what its deeds and states are."""
_CASE_STEP_HEADINGS: Final = ("属于", "步", "时间", "经办", "办理", "状态", "内容")


def _records(pack: Pack) -> Iterator[Sequence[Any]]:
    given = _span(pack.shop.company_code, pack.since_on, pack.until_on, pack.made_at) | {
        "after_at": pack.since - timedelta(seconds=1),
        "after_id": _NO_ID,
        "limit": _AT_ONCE,
    }
    while rows := _rows("list_received", given):
        for (
            received_at,
            _id,
            number,
            repair_on,
            settled_on,
            version,
            state,
            errors,
            warns,
            newest_at,
            digest,
            vin,
        ) in rows:
            word = "有效" if state == "active" else "作废"
            yield (
                received_at, number, repair_on, settled_on, version, word, errors, warns, newest_at, digest,
                mask_vin(vin),
            )  # fmt: skip
        given |= {"after_at": rows[-1][0], "after_id": rows[-1][1]}


def _notices(company_code: str, since_on: date, made_at: datetime) -> Any:
    since = datetime.combine(since_on, time(), SHANGHAI)
    found = Recipient.objects.filter(company_code=company_code, delivered_at__gte=since, delivered_at__lte=made_at)
    return found.select_related("notice").order_by("delivered_at", "pk")


def _notice_rows(pack: Pack, word: Word) -> Iterator[Sequence[Any]]:
    for row in _notices(pack.shop.company_code, pack.since_on, pack.made_at).iterator(chunk_size=_AT_ONCE):
        notice = row.notice
        yield (
            notice.public_id, word(NoticeKind(notice.kind)), notice.title, notice.authority, row.delivered_at,
            row.read_at, row.acknowledged_at, notice.withdrawn_at,
        )  # fmt: skip


def _duty_rows(company_code: str, made_at: datetime, word: Word) -> Iterator[Sequence[Any]]:
    for duty in Duty.objects.of_shop(company_code).filter(issued_at__lte=made_at).order_by("issued_at", "pk"):
        yield (
            duty.code, word(DutyKind(duty.kind)), word(DutyState(duty.state)), duty.authority, duty.basis_words,
            duty.what, duty.issued_at, duty.due_at, duty.answered_at, "是" if duty.is_answered_late else "否",
            duty.closed_at,
        )  # fmt: skip


def _duty_step_rows(company_code: str, made_at: datetime, word: Word) -> Iterator[Sequence[Any]]:
    steps = DutyStep.objects.filter(duty__company_code=company_code, at__lte=made_at).select_related("duty")
    for step in steps.order_by("duty__issued_at", "duty_id", "place").iterator(chunk_size=_AT_ONCE):
        yield (
            step.duty.code, step.place, step.at, step.organisation, word(DutyDeed(step.deed)),
            word(DutyState(step.state)), step.due_at, step.text, step.evidence_count,
        )  # fmt: skip


def _censure_rows(company_code: str, made_at: datetime, word: Word) -> Iterator[Sequence[Any]]:
    found = Censure.objects.of_shop(company_code).filter(drafted_at__lte=made_at).select_related("duty")
    for each in found.order_by("drafted_at", "pk"):
        yield (
            each.public_id, each.duty.code, word(CensureState(each.state)), each.authority, each.what,
            each.basis_words, each.published_at, each.ends_on, each.rectified_on, each.objection,
        )  # fmt: skip


def _sanction_rows(company_code: str, made_at: datetime, word: Word) -> Iterator[Sequence[Any]]:
    for each in Sanction.objects.of_shop(company_code).filter(entered_at__lte=made_at).order_by("decided_on", "pk"):
        yield (
            each.decision_number, each.item_words, word(SanctionKind(each.kind)), word(SanctionState(each.state)),
            each.authority, each.decided_on, each.amount_yuan, each.range_words, each.outside_reason, each.paid_on,
        )  # fmt: skip


def _hand_over_rows(company_code: str, made_at: datetime, word: Word) -> Iterator[Sequence[Any]]:
    for each in HandOver.objects.of_shop(company_code).filter(handed_at__lt=made_at).order_by("handed_at", "pk"):
        yield (
            each.number, each.authority, each.received_by, each.handed_at, word(HandOverResult(each.result)),
            each.result_on, each.file_digest,
        )  # fmt: skip


def _case_step_rows(company_code: str, made_at: datetime, word: Word) -> Iterator[Sequence[Any]]:
    for column, (deeds, states) in _CASES.items():
        steps = CaseStep.objects.filter(**{f"{column}__company_code": company_code}, at__lt=made_at)
        for step in steps.select_related(column).order_by(f"{column}_id", "place"):
            owner = getattr(step, column).public_id
            deed = "移送" if step.deed == HANDED else word(deeds(step.deed))
            yield owner, step.place, step.at, step.organisation, deed, word(states(step.state)), step.text


def _manifest(pack: Pack, signer: Signer, files: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "number": pack.number,
        "company_code": pack.shop.company_code,
        "authority": pack.authority,
        "since": pack.since_on,
        "until": pack.until_on,
        "made_at": pack.made_at.astimezone(SHANGHAI),
        "counts": {
            "received": pack.received,
            "standing": pack.standing,
            "faulty": pack.faulty,
            "doubtful": pack.doubtful,
            "expected": str(pack.expected.jobs),
            "expected_method": pack.expected.method,
            "certificates_without_record": pack.desk.certificates_without_record,
            "settled_unsent": pack.desk.settled_unsent,
            "notices": pack.notice_count,
            "unread_notices": pack.unread_count,
            "orders": pack.duty_count,
            "censures": pack.censure_count,
            "sanctions": pack.sanction_count,
        },
        "signature": {
            "algorithm": signer.algorithm,
            "key_id": signer.key_id,
            "fingerprint": fingerprint(signer.algorithm, signer.public_key),
        },
        "files": files,
    }


def _digested(name: str, pieces: Iterable[str | bytes], digests: list[dict[str, Any]]) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        content = piece if isinstance(piece, bytes) else as_bytes(piece)
        digest.update(content)
        size += len(content)
        yield content
    digests.append({"name": name, "bytes": size, "sha256": digest.hexdigest()})


def _csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """A table piece by piece: UTF-8 with its mark; nothing in it is a formula."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(headings)
    for place, row in enumerate(rows):
        writer.writerow([harmless(_said(cell)) for cell in row])
        if place % _AT_ONCE == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _said(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.astimezone(SHANGHAI).isoformat(sep=" ", timespec="seconds")
    return "" if cell is None else str(cell)


def _span(company_code: str, since_on: date, until_on: date, made_at: datetime | None) -> dict[str, Any]:
    end = datetime.combine(until_on + timedelta(days=1), time(), SHANGHAI)
    return {
        "company_code": company_code,
        "since": datetime.combine(since_on, time(), SHANGHAI),
        "until": end if made_at is None else min(end, made_at),
    }


def _rows(statement: str, given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[statement], given)
        return list(cursor.fetchall())
