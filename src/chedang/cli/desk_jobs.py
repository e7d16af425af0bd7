"""What the desk does periodically. Imported only where Django is set up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from chedang.access import allowances, codes, officials, seals, sessions, sms
from chedang.cli.desk import DeskJob
from chedang.owners import consents
from chedang.owners import requests as binding_requests
from chedang.site.cases import jobs as cases
from chedang.site.emission import jobs as emission
from chedang.site.police import jobs as police
from chedang.site.regulator.assessment import freezing as assessment
from chedang.site.regulator.enforcement import jobs as enforcement
from chedang.site.regulator.queue import jobs as queue
from chedang.site.regulator.statistics import jobs as statistics
from chedang.site.reviews import jobs as reviews
from chedang.site.shop.connect import jobs as connect
from chedang.site.shop.credit import jobs as credit
from chedang.site.shop.filing import jobs as filing
from chedang.site.shop.jobs import desk as shop_desk
from chedang.site.shop.notices import jobs as letters
from chedang.site.shop.why import jobs as why
from chedang.workshop import orders

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)


def forget_old_allowances(now: datetime) -> None:
    """Drop counters of limits; the longest window is a month."""
    allowances.forget_old(before=now - timedelta(days=31))


DESK_JOBS: Final[tuple[DeskJob, ...]] = (
    DeskJob(_HOUR, forget_old_allowances),
    DeskJob(_HOUR, codes.forget_old),
    DeskJob(_HOUR, sms.forget_old),
    DeskJob(_HOUR, sessions.forget_old),
    DeskJob(_MINUTE, seals.seal_settled),
    DeskJob(_HOUR, officials.draw_looks),
    DeskJob(_HOUR, consents.purge),
    DeskJob(_MINUTE, binding_requests.close_hopeless),
    DeskJob(_MINUTE, cases.run_clocks),
    DeskJob(_HOUR, cases.forget_evidence),
    DeskJob(10 * _MINUTE, reviews.refresh),
    DeskJob(_MINUTE, shop_desk.send_waiting),
    DeskJob(_HOUR, shop_desk.forget_drafts),
    DeskJob(_HOUR, orders.forget_customers),
    DeskJob(_HOUR, credit.forget_photos),
    DeskJob(_HOUR, statistics.forget_exports),
    DeskJob(_HOUR, emission.flag_by_list),
    DeskJob(_MINUTE, police.escalate),
    DeskJob(10 * _MINUTE, why.count),
    DeskJob(_HOUR, why.judge_badges),
    DeskJob(_HOUR, filing.forget_papers),
    DeskJob(_HOUR, filing.forget_inspection_photos),
    DeskJob(_HOUR, connect.forget_old),
    DeskJob(_HOUR, letters.forget_old),
    DeskJob(10 * _MINUTE, queue.count),
    DeskJob(10 * _MINUTE, queue.close_fixed),
    DeskJob(_MINUTE, queue.climb),
    DeskJob(_HOUR, assessment.freeze_due),
    DeskJob(10 * _MINUTE, assessment.take_up_sent),
    DeskJob(_MINUTE, enforcement.check_orders),
    DeskJob(_HOUR, enforcement.take_off_censures),
)
