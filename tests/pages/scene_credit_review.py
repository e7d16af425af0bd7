"""Of the scene: credit assessments of shops of their own, one at every step that has a page of its own."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from chedang.access.models import User
from chedang.site.shop.credit.common import sheet
from chedang.site.shop.credit.figures import gather
from chedang.site.shop.credit.objecting import objection_files
from chedang.site.shop.credit.publishing import tell_public
from chedang.supervision import credit, credit_review
from chedang.supervision.announcing import Author
from chedang.supervision.credit_review import Shop
from chedang.supervision.credit_review_model import Marks, TypedRow
from chedang.supervision.evidence import clean_files
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_AUTHORITY = "浙江省杭州市西湖区道路运输管理机构"
_BEGAN = NOW - 40 * DAY


class _People(NamedTuple):
    first: Author
    """Reviews all of them."""
    second: Author
    shop: Author


def make_credit_reviews(stage: Stage) -> None:
    """One that waits for the second officer, one that may object, one that objected, one published and corrected."""
    first = Author(stage.users["county"], _AUTHORITY)
    second = Author(_person("credit-colleague", role="regulator", division_code="330106"), _AUTHORITY)
    stage.enter("credit colleague", second.user)
    for number, step in enumerate(("reviewed", "proposed", "objected", "published")):
        name = f"credit {step}"
        stage.province.add_shop(name, 71 + number, division_code="330106", is_approved=True)
        manager = _person(f"credit-{step}", role="shop", company_code=stage.province.shops[name])
        stage.enter(name, manager)
        people = _People(first, second, Author(manager, stage.province.names[name]))
        stage.ids[f"credit_{step}"] = _lead_to(step, people)


def _lead_to(step: str, people: _People) -> str:
    """Through as many steps as there are to this one; gives the assessment's name in addresses."""
    code, year = people.shop.user.company_code, credit.years_open(NOW)[0]
    draft, figures = credit.find_or_begin(code, "330106", year, now=_BEGAN), gather(code, year, NOW)
    number, shop = draft.pk, Shop(people.shop.organisation, "02")
    credit.submit(number, sheet(), figures, people.shop.user, organisation=shop.company_name, now=_BEGAN)
    credit.open_as_officer(number, people.first.user, organisation=_AUTHORITY, now=_BEGAN)
    marks = Marks({"calibration": TypedRow(30, "现场核对材料")}, {}, "材料齐全")
    credit_review.review(number, marks, people.first, shop=shop, sheet=sheet(), seen=0, now=_BEGAN)
    if step == "reviewed":
        return draft.public_id
    is_published = step == "published"
    told_at = _BEGAN if is_published else NOW - 2 * DAY
    credit_review.confirm(number, people.second, sheet(), seen=1, now=told_at)
    if step == "objected":
        files, words = clean_files([_photo()]), "其余材料都在店里，请来看。"
        credit_review.object_to(number, people.shop, words, files, keep=objection_files(), seen=2, now=NOW - DAY)
    if is_published:
        credit_review.publish([number], people.first, now=NOW - DAY, tell_public=tell_public)
        wrong = Marks({"calibration": TypedRow(0, "检定证书过期")}, {}, "复查发现检定证书过期")
        credit_review.correct(number, wrong, people.second, seen=3, now=NOW - DAY, tell_public=tell_public)
    return draft.public_id


def _person(username: str, **columns: str) -> User:
    return User.objects.create(username=username, display_name=username, password="!", **columns)


def _photo() -> bytes:
    written = BytesIO()
    Image.new("RGB", (320, 200), (90, 20, 60)).save(written, "PNG")
    return written.getvalue()
