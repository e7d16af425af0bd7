"""What the worker does for shops' figures and badges."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from chedang.quality import store
from chedang.quality.badge_rules import Standing, judge
from chedang.quality.counting import count_due, last_day
from chedang.quality.parameters import load_parameters
from chedang.site.archive.connections import archive
from chedang.site.settings import NODE
from chedang.site.shop.why.standing import overdue_by_shop
from chedang.terms.dates import SHANGHAI

_SLICE_SECONDS: Final = 30.0
"""How long one round may keep the other work of the desk waiting."""
_log = structlog.get_logger(__name__)


def count(now: datetime) -> None:
    """Count shops that are due, a slice at a time; when the last is done, judge all badges."""
    if NODE.node.level == "ministry":
        return  # no shops there
    with archive() as connection:
        counted = count_due(connection, now=now, seconds=_SLICE_SECONDS)
        is_done = not store.due_shops(connection, last_day(now), 1)
    if counted:
        _log.info("counted shops", shops=counted, is_done=is_done)
    if counted and is_done:
        judge_badges(now)


def judge_badges(now: datetime) -> None:
    """Judge every shop that has figures: what became overdue since takes the badge away within the hour."""
    duties, corrections = overdue_by_shop(now)
    parameters, today = load_parameters(), now.astimezone(SHANGHAI).date()
    with archive() as connection:
        for page in store.judged_shops(connection):
            figures = store.read_figures(connection, [code for code, _is_approved in page])
            for code, is_approved in page:
                standing = Standing(is_approved, duties[code], corrections[code])
                badge = judge(figures[code], standing, parameters.badge, today=today)
                store.save_badge(connection, code, badge, version=parameters.version, now=now)
            connection.commit()
