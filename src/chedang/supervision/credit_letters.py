"""What a shop is told of its credit assessment, as a notice in its letter box. Chinese, as it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from chedang.reviews.clocks import last_day
from chedang.supervision import notices
from chedang.supervision.announcing import Author
from chedang.supervision.credit_review_model import ReviewDeed
from chedang.supervision.model import NotAllowed, NoticeKind
from chedang.supervision.models.credit_review import CreditReview
from chedang.supervision.models.notices import new_notice_id
from chedang.supervision.notices import Writing

_WHERE: Final = "请在“质量信誉自评”里打开 {year} 年度查看。"


def tell_shop(found: CreditReview, deed: ReviewDeed, author: Author, *, now: datetime) -> None:
    """Send the notice of this deed, where there is one. A shop without a letter box finds it on its page alone."""
    words = _WORDS.get(deed)
    if words is None:
        return
    title, text = words(found)
    kind = NoticeKind.REMINDER if deed is ReviewDeed.CONFIRM else NoticeKind.NOTICE
    writing = Writing(kind, title, text + _WHERE.format(year=found.year), audience=(found.company_code,))
    try:
        notices.send_at_once(
            new_notice_id(),
            writing,
            author.user,
            authority=author.organisation,
            now=now,
            choose=lambda _notice: [found.company_code],
        )
    except NotAllowed:  # it is no longer on the register of this division
        return


def _proposed(found: CreditReview) -> tuple[str, str]:
    title, until = f"{found.year} 年度质量信誉考核公示：{found.grade}", ""
    if found.due_at is not None:
        day = last_day(found.due_at)
        until = f" {day.year} 年 {day.month} 月 {day.day} 日"
    how = f"对得分有异议的，请在公示期内（到{until}为止）提出，只能提一次。"
    return title, f"本机关拟评定 {found.points} 分，{found.grade} 级。{how}"


def _decided(found: CreditReview) -> tuple[str, str]:
    title = f"{found.year} 年度质量信誉考核异议已答复"
    return title, f"对异议的答复已经作出，评定 {found.points} 分，{found.grade} 级，待公布。"


def _published(found: CreditReview) -> tuple[str, str]:
    return (
        f"{found.year} 年度质量信誉等级已公布：{found.grade}",
        f"得分 {found.points} 分，{found.grade} 级，已经公布。",
    )


def _corrected(found: CreditReview) -> tuple[str, str]:
    title = f"{found.year} 年度质量信誉等级改判：{found.grade}"
    return title, f"由 {found.former_grade} 级改为 {found.grade} 级，{found.points} 分，原因已经公布。"


_WORDS: Final[dict[ReviewDeed, Callable[[CreditReview], tuple[str, str]]]] = {
    ReviewDeed.CONFIRM: _proposed,
    ReviewDeed.DECIDE: _decided,
    ReviewDeed.PUBLISH: _published,
    ReviewDeed.CORRECT: _corrected,
}
