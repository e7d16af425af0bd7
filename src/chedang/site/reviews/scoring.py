"""A shop's score as the pages show it, with the reckoning in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from chedang.reviews.score_rules import ShopScore
from chedang.site.reviews.presentation import stars


@dataclass(frozen=True, slots=True)
class ScoreView:
    """口碑评分 and, apart from it, 系统评分."""

    has_reviews: bool
    count: int
    mark: str
    stars: str
    reckoning: str
    """How the mark comes about, with this shop's own numbers."""
    system_mark: str
    is_connected: bool


def score_view(score: ShopScore) -> ScoreView:
    """Prepare a score for a page."""
    return ScoreView(
        has_reviews=score.has_reviews,
        count=score.review_count,
        mark=f"{score.mark:.2f}",
        stars=stars(score.mark),
        reckoning=_reckoning(score),
        system_mark=f"{score.system.mark:.1f}",
        is_connected=score.system.is_connected,
    )


def _reckoning(score: ShopScore) -> str:
    if score.mean is None:
        return _("还没有计入的评价，所以没有口碑评分。")
    sentence = _(
        "%(count)d 条评价，随时间折算成 %(weight).2f 条，平均 %(mean).2f 分；"
        "同区县同类别的其他企业平均 %(prior).2f 分，按 %(most)g 条计。"
        "（%(most)g × %(prior).2f ＋ %(weight).2f × %(mean).2f）÷（%(most)g ＋ %(weight).2f）＝ %(mark).2f 分。"
    )
    return sentence % {
        "count": score.review_count,
        "weight": score.weight,
        "mean": score.mean,
        "prior": score.prior,
        "most": score.prior_weight,
        "mark": score.mark,
    }
