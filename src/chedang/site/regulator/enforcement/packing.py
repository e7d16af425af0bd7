"""Evidence packs of this node: what the shop's desk said is counted, the whole is signed and zipped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise

from chedang.enterprises.model import Enterprise
from chedang.exchange import keys
from chedang.intake import named_days
from chedang.platform.zips import zip_pieces
from chedang.site.archive.connections import archive
from chedang.site.regulator.enforcement.words import (
    CENSURE_DEEDS,
    CENSURE_STATES,
    RESULTS,
    SANCTION_DEEDS,
    SANCTION_KINDS,
    SANCTION_STATES,
)
from chedang.site.settings import NODE
from chedang.site.shop.notices.words import DUTY_DEEDS, DUTY_KINDS, DUTY_STATES, NOTICE_KINDS
from chedang.supervision.enforcement_model import (
    CensureDeed,
    CensureState,
    HandOverResult,
    SanctionDeed,
    SanctionKind,
    SanctionState,
)
from chedang.supervision.evidence_cover import count_rows, cover_pdf, moment
from chedang.supervision.evidence_pack import FromItsDesk, Pack, files_of, filing_facts, gather
from chedang.supervision.model import DutyDeed, DutyKind, DutyState, NoticeKind
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.enforcement import Censure, HandOver, Sanction
from chedang.supervision.sanction_items import load_items
from chedang.terms.dates import SHANGHAI, day_in_china
from chedang.workshop.models import Sending
from chedang.workshop.sending_model import SendingKind, SendingState

_WORDS: Final[Mapping[type[StrEnum], Mapping[Any, Any]]] = {
    NoticeKind: NOTICE_KINDS,
    DutyKind: DUTY_KINDS,
    DutyState: DUTY_STATES,
    DutyDeed: DUTY_DEEDS,
    CensureState: CENSURE_STATES,
    CensureDeed: CENSURE_DEEDS,
    HandOverResult: RESULTS,
    SanctionKind: SANCTION_KINDS,
    SanctionState: SANCTION_STATES,
    SanctionDeed: SANCTION_DEEDS,
}
"""By type: members of two may be spelt alike. A word, or a triple that ends with it."""
_WITHOUT_RECORD: Final = """
    select count(*)
    from workshop_completion_certificate as certificate
    where certificate.company_code = %(company_code)s and certificate.cancelled_at is null
        and certificate.issued_at >= %(since)s and certificate.issued_at < %(until)s
        and not exists (select from record_head as head where head.record_id = certificate.record_id)
"""


def pack_of(shop: Enterprise, since_on: date, until_on: date, *, authority: str, made_at: datetime) -> Pack:
    """The figures of one shop over a period."""
    desk = from_its_desk(shop.company_code, since_on, until_on, made_at)
    return gather(shop, since_on, until_on, desk=desk, authority=authority, made_at=made_at)


def zip_of(pack: Pack) -> Iterator[bytes]:
    """The pack as an archive, piece by piece."""
    with archive() as lent:
        signer = keys.own_signer(lent, NODE.data_dir, NODE.node.code, pack.made_at)
    files = files_of(pack, signer, cover=cover_pdf(pack), index=index_html, word=word_of)
    return zip_pieces(files, made_at=pack.made_at)


def hand_over_file(shop: Enterprise, row: HandOver) -> bytes:
    """The numbered file of a hand-over: its cover with the evidence behind it."""
    pack = pack_of(shop, row.since_on, row.until_on, authority=row.authority, made_at=row.handed_at)
    facts = (
        ("移送机关", row.authority),
        ("接收机关", row.received_by),
        ("涉嫌违法的事项", f"{load_items()[row.item].name}（{load_items()[row.item].clause}）"),
        ("案情和理由", row.what),
        ("责令改正编号", row.duty.code if row.duty else "–"),
    )
    return b"".join(zip_of(msgspec.structs.replace(pack, title="案件移送书", number=row.number, facts=facts)))


def from_its_desk(company_code: str, since_on: date, until_on: date, now: datetime) -> FromItsDesk:
    """Counts of what the shop itself said: no number, car, customer or amount of its order book."""
    since = datetime.combine(since_on, time(), SHANGHAI)
    until = min(datetime.combine(until_on + timedelta(days=1), time(), SHANGHAI), now)
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_RECORD, {"company_code": company_code, "since": since, "until": until})
        (without_record,) = cursor.fetchone()
    unsent = Sending.objects.filter(
        company_code=company_code, kind=SendingKind.UPLOAD, made_at__gte=since, made_at__lt=until
    ).exclude(state=SendingState.SENT)
    return FromItsDesk(without_record, unsent.count(), _named(company_code, since_on, until_on))


def word_of(member: StrEnum) -> str:
    """A kind, state or deed in Chinese, as the pages of this site call it, whatever the page's language."""
    word = _WORDS[type(member)][member]
    with translation.override("zh-hans"):
        return str(word if isinstance(word, str | Promise) else word[-1])


def index_html(pack: Pack) -> str:
    """The readable and printable page of a pack; in Chinese whatever the page's language."""
    of_shop = {"company_code": pack.shop.company_code}
    context: dict[str, Any] = {
        "pack": pack,
        "made_at": moment(pack.made_at),
        "facts": filing_facts(pack.shop),
        "counts": count_rows(pack),
        "duties": [
            (row, word_of(DutyState(row.state)))
            for row in Duty.objects.filter(**of_shop, issued_at__lte=pack.made_at).order_by("issued_at", "pk")
        ],
        "censures": [
            (row, word_of(CensureState(row.state)))
            for row in Censure.objects.filter(**of_shop, drafted_at__lte=pack.made_at).order_by("drafted_at", "pk")
        ],
        "sanctions": [
            (row, word_of(SanctionState(row.state)))
            for row in Sanction.objects.filter(**of_shop, entered_at__lte=pack.made_at).order_by("decided_on", "pk")
        ],
        "is_of_today": pack.until_on == day_in_china(pack.made_at),
    }
    with translation.override("zh-hans"):
        return render_to_string("enforcement/pack.html", context)


def _named(company_code: str, since_on: date, until_on: date) -> tuple[tuple[str, int, int, int], ...]:
    with archive() as lent:
        days = [named for named in named_days.list_since(lent, company_code, since_on) if named.day <= until_on]
        rows = [
            (named.day.isoformat(), named.sent, named.held, len(named_days.still_missing(lent, company_code, named)))
            for named in days
        ]
    return tuple(sorted(rows))
