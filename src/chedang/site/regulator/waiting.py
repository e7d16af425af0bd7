"""What owners and shops wait for from an officer; each count is that of the list it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User
from chedang.access.rules import NATION
from chedang.enterprises import maker_store
from chedang.enterprises.maker_model import MakerState
from chedang.filing.counting import inspections_due
from chedang.owners.requests import requests_in_scope
from chedang.site.archive.connections import archive
from chedang.site.cases.scope import cases_in_scope, waiting_for
from chedang.site.maker_view import days_left
from chedang.site.regulator.duties import duties_waiting
from chedang.site.regulator.filings import count_changes
from chedang.site.reviews.officer import waiting_reviews
from chedang.site.settings import NODE
from chedang.supervision.credit_review_model import ReviewState
from chedang.supervision.models.credit import CreditAssessment
from chedang.supervision.models.credit_review import CreditReview
from chedang.workshop.completion import grants_waiting


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of thing that waits, with its list."""

    label: Promise
    hint: Promise
    count: int
    href: str


_KINDS: Final = {
    "cases": (_("轮到本级办的反馈与投诉"), _("按工作日计时"), "officer-cases", ""),
    "duties": (_("等核对的责令改正"), _("已答复、申请延期或逾期"), "officer-duties", ""),
    "changes": (_("等审核的备案变更"), _("五个工作日内办结"), "officer-filings", "?show=changes"),
    "numbers": (_("等发放的合格证编号"), _("企业签发合格证要用"), "officer-certificates", "?show=waiting"),
    "bindings": (_("等待核对的绑定申请"), _("两天内答复"), "binding-queue", ""),
    "reviews": (_("等待决定的评价申诉"), _("企业认为评价不实"), "officer-reviews", ""),
    "inspections": (_("到期要去的现场勘验"), _("今天的和逾期的"), "officer-inspections", "?show=due"),
    "makers": (_("等审核的总部对总部申报"), _("汽车生产企业"), "regulator-makers", ""),
    "makers_ending": (_("有效期将到或已过的总部对总部"), _("请续办或终止"), "regulator-makers", "#expiring"),
    "credit": (_("没有打开的质量信誉自评"), _("打开以后企业不能撤回"), "officer-credit", "?show=new&year=all"),
    "credit_confirm": (_("待复核的质量信誉初评"), _("由另一位同事复核"), "officer-credit", "?show=confirm&year=all"),
    "credit_objected": (_("待答复的质量信誉异议"), _("答复后才能公布"), "officer-credit", "?show=objected&year=all"),
}
"""In the order of urgency (ours)."""


def waiting_for_officer(officer: User) -> list[Waiting]:
    """Every kind with its count; makers only where the ministry decides about them."""
    counts = _count(officer)
    return [
        Waiting(label, hint, counts[kind], reverse(name) + query)
        for kind, (label, hint, name, query) in _KINDS.items()
        if kind in counts
    ]


def _count(officer: User) -> dict[str, int]:
    reviews = CreditReview.objects.in_scope(officer)
    return {
        "bindings": requests_in_scope(officer).waiting().count(),
        "cases": cases_in_scope(officer).filter(waiting_for(officer)).count(),
        "reviews": waiting_reviews(officer)["appeals"].count(),
        "duties": duties_waiting(officer).count(),
        "changes": count_changes(officer),
        "numbers": grants_waiting(officer).count(),
        "inspections": inspections_due(officer, timezone.now()).count(),
        "credit": CreditAssessment.objects.in_scope(officer).filter(opened_at=None).count(),
        "credit_confirm": reviews.filter(state=str(ReviewState.REVIEWED)).count(),
        "credit_objected": reviews.filter(state=str(ReviewState.OBJECTED)).count(),
    } | (_count_makers() if NODE.node.level == "ministry" and officer.division_code == NATION else {})


def _count_makers() -> dict[str, int]:
    with archive() as connection:
        makers = maker_store.list_all(connection)
    return {
        "makers": sum(maker.state is MakerState.APPLIED for maker in makers),
        "makers_ending": sum(days_left(maker) is not None for maker in makers),
    }
