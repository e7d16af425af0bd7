"""The numbers of a shop's first page. Each is counted by the condition of the list that it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from chedang.access.models import User
from chedang.enterprises import secrets
from chedang.enterprises.store import Connection
from chedang.filing import counting as filing
from chedang.filing.staff_counting import expiring_certificates
from chedang.intake import orders
from chedang.intake.secrets import notice_of
from chedang.records.company_lists import count_list, read_upload_days
from chedang.reviews.case_model import Party
from chedang.site.archive.connections import archive
from chedang.site.cases.scope import cases_missed_by_shop, cases_of_shop
from chedang.site.reviews.shop import unanswered_of
from chedang.site.shop.home.rhythm import DAYS_LOOKED_AT, Rhythm, find_rhythm
from chedang.site.shop.records.lists import wanted_list
from chedang.site.shop.records.missing import missing_rows
from chedang.supervision import counting as supervision
from chedang.terms.dates import day_in_china
from chedang.workshop import counting as workshop


@dataclass(frozen=True, slots=True)
class HomeCounts:
    """What there is to be done in one shop."""

    today: int
    doubtful: int
    held: int
    missing: int
    open_two_step: int
    """Jobs of which the software sent the reception and not the settlement."""
    rhythm: Rhythm
    last_upload_at: datetime | None
    expiring_keys: int
    cases_waiting: int
    case_due_at: datetime | None
    """When the first of them is due."""
    cases_missed: int
    """Passed to the authority because nobody answered, and not decided."""
    reviews: int
    """Without a reply."""
    desk: workshop.WorkshopCounts
    asked: supervision.SupervisionCounts
    filing: filing.FilingCounts
    expiring_certificates: int

    @property
    def has_records(self) -> bool:
        """Has the shop ever uploaded?"""
        return self.last_upload_at is not None


def count_home(shop: User, now: datetime) -> HomeCounts:
    """Count everything; about a dozen index look-ups, however many records the shop has."""
    code = shop.company_code
    today = day_in_china(now)
    cases = cases_of_shop(shop).filter(holder=Party.SHOP)
    lists = {show: wanted_list(code, show) for show in ("today", "doubtful", "held")}
    with archive() as connection:
        uploads = read_upload_days(connection, code, days=DAYS_LOOKED_AT)
        return HomeCounts(
            **{show: count_list(connection, wanted) for show, wanted in lists.items()},
            missing=len(missing_rows(connection, code, today)),
            open_two_step=orders.count_of(connection, code),
            rhythm=find_rhythm([day_in_china(at) for at in uploads], today),
            last_upload_at=uploads[0] if uploads else None,
            expiring_keys=_expiring_keys(connection, code, now),
            cases_waiting=cases.count(),
            case_due_at=cases.aggregate(due=Min("due_at"))["due"],
            cases_missed=cases_missed_by_shop(shop).count(),
            reviews=unanswered_of(code).count(),
            desk=workshop.counts_of(code),
            asked=supervision.counts_of(code, now),
            filing=filing.counts_of(code),
            expiring_certificates=expiring_certificates(code, today),
        )


def _expiring_keys(connection: Connection, company_code: str, now: datetime) -> int:
    live = [secret for secret in secrets.list_of(connection, company_code) if secret.is_live(now)]
    return sum(notice_of(secret, now) is not None for secret in live)
