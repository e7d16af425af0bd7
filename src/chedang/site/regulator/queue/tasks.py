"""今天要办: who and what needs the officer, the pressing first. Each count is that of the list its row opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.quality import statistics
from chedang.quality.statistics_model import Dimension
from chedang.quality.targets import coverage_targets
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import category_name
from chedang.site.figures import number
from chedang.site.regulator.queue.asked import CATEGORIES, asked_words, query_of
from chedang.site.regulator.waiting import Waiting
from chedang.supervision.reminding_model import Concern
from chedang.supervision.shops import ConcernCount, ShopQuery, count, count_licenses, tally
from chedang.terms.dates import day_in_china

_WORST: Final = ("wrong-tone", "✕")
_DOUBT: Final = ("doubt", "!")
_OPEN: Final = ("open", "·")
"""Tone and sign of a row."""


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the queue."""

    sentence: str
    count: int
    href: str
    tone: str
    sign: str
    step: str
    """What to do there."""
    hint: str = ""
    unit: str = ""
    """家 of shops, 件 of matters."""


def shop_tasks(officer: User, now: datetime) -> list[Task]:
    """Shops that upload nothing, too little or carelessly and were not reminded of it."""
    rows = [_concern_task(officer, each) for each in tally(officer.division_code, now=now)]
    return [row for row in rows if row.count]


def license_tasks(officer: User, now: datetime) -> list[Task]:
    """有效期 that has passed or ends soon."""
    found = count_licenses(officer.division_code, now=now)
    past = ShopQuery(officer.division_code, license="past")
    later = ShopQuery(officer.division_code, license="later")
    days = (day_in_china(now) - found.first_on).days if found.first_on else 0
    oldest = _("最早的过期 %(n)s 天") % {"n": number(days)}
    soon = _("其中 30 天内 %(n)s 家") % {"n": number(found.soon)} if found.soon else ""
    tasks = [
        _task(officer, past, found.past, _WORST, hint=oldest),
        _task(officer, later, found.later, _DOUBT, hint=soon),
    ]
    return [task for task in tasks if task.count]


def ladder_tasks(officer: User, now: datetime) -> list[Task]:
    """Reminders that nobody opened, so that somebody has to take the next step by hand."""
    letters = ShopQuery(officer.division_code, reminded="letter")
    unread = ShopQuery(officer.division_code, reminded="unread")
    by_hand, by_itself = _("短信以后仍没有打开提醒"), _("到期后系统自动发短信")
    found = [
        _task(officer, letters, count(letters, now=now), _DOUBT, hint=by_hand, step=_("打印督促函")),
        _task(officer, unread, count(unread, now=now), _OPEN, hint=by_itself),
    ]
    return [task for task in found if task.count]


def matter_tasks(waiting: list[Waiting], pending: int, waiting_days: int | None) -> list[Task]:
    """What owners and shops wait for."""
    tasks = []
    if pending:
        hint = _("今天提交的") if not waiting_days else _("最久等了 %(n)s 天") % {"n": number(waiting_days)}
        href = f"{reverse('regulator-enterprises')}?state=pending"
        tasks.append(Task(_("待审核企业"), pending, href, "doubt", "!", _("去审核"), hint, _("家")))
    for each in waiting:
        if each.count:
            tasks.append(Task(str(each.label), each.count, each.href, "doubt", "!", _("去办"), str(each.hint), _("件")))
    return tasks


def coverage_words(officer: User) -> list[str]:
    """已对接 of the filed shops in business by class against the target: one short sentence each."""
    today = day_in_china(timezone.now())
    with archive() as connection:
        rows = statistics.figures(connection, officer.division_code, today, today, by=Dimension.CATEGORY)
    told, targets = {row.key: row for row in rows}, coverage_targets()
    said = []
    for category in CATEGORIES:
        row = told.get(category)
        if row is None or row.connected_percent is None:
            continue
        words = {
            "name": category_name(category),
            "share": row.connected_percent,
            "connected": number(row.connected),
            "filed": number(row.filed),
        }
        sentence = _("%(name)s %(share)s%%（%(connected)s / %(filed)s）") % words
        if category in targets:
            sentence += _("，目标 %(percent)s%%") % {"percent": targets[category].percent}
        said.append(sentence)
    return said


def _concern_task(officer: User, row: ConcernCount) -> Task:
    wanted = ShopQuery(officer.division_code, row.concern, row.over_days, row.upto_days, reminded="no")
    is_worst = row.concern is Concern.SILENT and row.upto_days is None
    hints = []
    if row.longest_days is not None:
        hints.append(_("最久的 %(n)s 天") % {"n": number(row.longest_days)})
    if reminded := row.shops - row.waiting:
        hints.append(_("另有 %(n)s 家已提醒，等改正") % {"n": number(reminded)})
    look = _WORST if is_worst else _DOUBT
    return _task(officer, wanted, row.waiting, look, hint=_("，").join(hints), step=_("去提醒"))


def _task(
    officer: User, wanted: ShopQuery, shops: int, look: tuple[str, str], *, hint: str = "", step: str = ""
) -> Task:
    href = f"{reverse('officer-shops')}?{query_of(wanted, officer)}"
    return Task(asked_words(wanted), shops, href, *look, step or _("看名单"), hint, _("家"))
