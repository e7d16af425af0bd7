"""Of the scene: a review with a reply, one under appeal, one whose words are held back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from chedang.owners.access import may_read
from chedang.reviews import ratings
from chedang.reviews.rating_model import AppealReason
from chedang.reviews.ratings import Source, Writing
from chedang.site.owner.visits import find_visit
from chedang.site.reviews.wiring import moderator, schemes
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from chedang.reviews.models.ratings import Review
    from tests.pages.stage import Stage

_QUESTIONS = ("keepAppointment", "attitude", "quality", "speed", "price")


def make_reviews(stage: Stage) -> None:
    """All by the owner of the family car, of the shop "west lake"."""
    replied = _write(stage, "visit_reviewed", 5, "师傅讲解得很清楚，旧件也给我看了。")
    ratings.reply(replied, "谢谢您的认可，下次保养可以提前预约。", moderator=moderator(), now=NOW - DAY)
    ratings.follow_up(replied, "开了一个月，没有问题。", moderator=moderator(), now=NOW)
    appealed = _write(stage, "visit_appealed", 2, "说好两小时，等了一下午。")
    ratings.appeal(appealed, AppealReason.UNTRUE, "当天 15 点 20 分已完工并电话通知车主。", now=NOW)
    _write(stage, "visit_held", 1, "一问价格就叫我滚蛋。")


def _write(stage: Stage, visit_name: str, step: int, text: str) -> Review:
    owner, at = stage.users["owner"], NOW - 3 * DAY
    access = may_read(owner, stage.ids["car"], now=NOW)
    assert access is not None
    found = find_visit(access, UUID(stage.ids[visit_name]))
    assert found is not None
    writing = Writing(dict.fromkeys(_QUESTIONS, step), ("fair_price",) if step > 3 else (), text)
    source = Source(device_digest=visit_name, account_digest=visit_name, by_staff=False)
    review = ratings.write(owner, found[0], writing, source, schemes=schemes(), moderator=moderator(), now=at)
    stage.ids[visit_name.replace("visit", "review")] = review.public_id
    return review
