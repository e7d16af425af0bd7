"""What the archive knows for a self-assessment: each figure with what it was counted from and the list behind it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from chedang.emission.figures import StationFigures, station_figures
from chedang.filing.models import StaffMember
from chedang.filing.staff_model import Trade
from chedang.quality.model import ShopFigures, UploadFigures, percent
from chedang.quality.store import read_figures
from chedang.quality.uploads import upload_figures
from chedang.reviews.case_model import CaseKind, CaseState
from chedang.reviews.models.cases import Case
from chedang.reviews.scores import scores_of
from chedang.site.archive.connections import archive
from chedang.site.figures import day_text
from chedang.site.shop.why.standing import late_corrections
from chedang.supervision import counting
from chedang.supervision.credit import period_of
from chedang.supervision.credit_model import Figure
from chedang.supervision.sanctions import sanctions_of
from chedang.terms.dates import SHANGHAI

_TECHNICAL: Final = (
    *(Trade.TECHNICAL_HEAD, Trade.INSPECTOR, Trade.MECHANIC, Trade.ELECTRICIAN),
    *(Trade.BODY, Trade.PAINT, Trade.HIGH_VOLTAGE),
)


def gather(company_code: str, year: int, now: datetime) -> dict[str, Figure]:
    """Every figure of ``credit_sheet.FIGURES`` at this moment; those of records and complaints are of the year."""
    first_on, last_on = period_of(year)
    with archive() as connection:
        uploads = upload_figures(connection, company_code, first_on, last_on)
        quality = read_figures(connection, [company_code]).get(company_code)
        station = station_figures(connection, company_code, first_on, last_on)
    return _of_uploads(uploads, year) | {
        "rework_share": _rework(quality),
        "staff_certified_share": _staff(company_code, now),
        "review_score": _score(company_code, now),
        "complaints_at_fault": _complaints(company_code, first_on, last_on, now),
        "corrections_overdue": _corrections(company_code, now),
        "duties_overdue": _duties(company_code, now),
        "sanctions": _sanctions(company_code, first_on, last_on),
        "retest_pass_share": _retests(station),
    }


def _of_uploads(uploads: UploadFigures, year: int) -> dict[str, Figure]:
    records = _page("shop-records")
    said = {"year": year, "received": uploads.received, "dated": uploads.dated, "on_time": uploads.on_time}
    said |= {"standing": uploads.standing, "doubtful": uploads.doubtful, "months": uploads.months}
    return {
        "on_time_share": Figure(
            uploads.on_time_percent,
            _("%(year)d 年收到 %(dated)d 条有结算日期的记录，%(on_time)d 条在结算次日前收到。") % said,
            records,
        ),
        "doubtful_share": Figure(
            uploads.doubtful_percent,
            _("%(year)d 年收到的记录现存 %(standing)d 条，%(doubtful)d 条有错误或疑问。") % said,
            _page("shop-records", "?show=doubtful"),
        ),
        "months_with_records": Figure(
            Decimal(uploads.months), _("%(year)d 年有 %(months)d 个月上传过记录，共 %(received)d 条。") % said, records
        ),
    }


def _rework(quality: ShopFigures | None) -> Figure:
    """Of the twelve months that were counted last, not of the year: what came back later belongs to the job before."""
    if quality is None or not quality.judged:
        return Figure(None, _("还没有能算返修率的记录。"), _page("shop-why"))
    said = {"judged": quality.judged, "again": quality.reworked, "day": day_text(quality.counted_on.isoformat())}
    basis = _("截至 %(day)s 的 12 个月，%(judged)d 次维修中 %(again)d 次在质保期内为同一项目返修。") % said
    return Figure(quality.rework_percent, basis, _page("shop-why", "#rework"))


def _staff(company_code: str, now: datetime) -> Figure:
    today = now.astimezone(SHANGHAI).date()
    people = StaffMember.objects.filter(company_code=company_code, left_on=None, trade__in=_TECHNICAL)
    valid = Q(certificates__valid_until_on=None) | Q(certificates__valid_until_on__gte=today)
    certified = people.filter(valid, certificates__isnull=False, certificates__ended_at=None).distinct().count()
    said = {"people": people.count(), "certified": certified}
    basis = _("现有技术岗位 %(people)d 人，%(certified)d 人有在有效期内的证书。") % said
    return Figure(percent(certified, said["people"]), basis, _page("shop-staff"))


def _score(company_code: str, now: datetime) -> Figure:
    score = scores_of([company_code], now).get(company_code)
    url = _page("shop-reviews")
    if score is None or not score.has_reviews:
        return Figure(None, _("还没有计入的车主评价。"), url)
    mark = Decimal(str(score.mark)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Figure(mark, _("%(count)d 条评价计入，今天的口碑评分。") % {"count": score.review_count}, url)


def _complaints(company_code: str, first_on: date, last_on: date, now: datetime) -> Figure:
    """企业有责 (ours): accepted and not solved in the end, or the shop let its deadline pass."""
    of_year = Case.objects.filter(
        company_code=company_code,
        kind=CaseKind.COMPLAINT,
        submitted_at__gte=_begin(first_on),
        submitted_at__lt=_begin(last_on + timedelta(days=1)),
    )
    at_fault = of_year.filter(Q(outcome=CaseState.UNSOLVED) | Q(is_missed_by_shop=True)).count()
    said = {"all": of_year.exclude(outcome=CaseState.REFUSED).count(), "fault": at_fault}
    basis = _("当年的投诉 %(all)d 件，其中 %(fault)d 件没有解决或本店超期未答复。") % said
    return Figure(Decimal(at_fault), basis, _page("shop-cases", "?show=all"))


def _corrections(company_code: str, now: datetime) -> Figure:
    late = late_corrections(now).filter(company_code=company_code).count()
    return Figure(Decimal(late), _("现在有 %(late)d 件反馈超过答复期限。") % {"late": late}, _page("shop-cases"))


def _duties(company_code: str, now: datetime) -> Figure:
    late = counting.counts_of(company_code, now).overdue_duties
    return Figure(Decimal(late), _("现在有 %(late)d 件责令改正超过期限。") % {"late": late}, _page("shop-duties"))


def _sanctions(company_code: str, first_on: date, last_on: date) -> Figure:
    """Decisions of the year in the ledger, without withdrawn ones."""
    count = sanctions_of(company_code, first_on, last_on).count()
    basis = _("处罚台账里当年有 %(count)d 件处罚决定，已撤销的不算。") % {"count": count}
    return Figure(Decimal(count), basis, _page("shop-sanctions"))


def _retests(station: StationFigures) -> Figure:
    """Of a shop on the list of M-stations; any other has nothing to count."""
    if not station.retested:
        return Figure(None, _("当年没有排放维修后的复检。"), _page("shop-emission"))
    said = {"retested": station.retested, "passed": station.passed}
    basis = _("当年排放维修后复检 %(retested)d 次，%(passed)d 次一次合格。") % said
    return Figure(percent(station.passed, station.retested), basis, _page("shop-emission"))


def _page(name: str, query: str = "") -> str:
    try:
        return reverse(name) + query
    except NoReverseMatch:
        return ""


def _begin(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), SHANGHAI)
