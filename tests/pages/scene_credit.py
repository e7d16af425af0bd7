"""Of the scene: a self-assessment that is handed in, one that is being filled in with a photo."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from chedang.site.shop.credit.common import files, sheet
from chedang.site.shop.credit.figures import gather
from chedang.supervision import credit
from tests.pages.scene_credit_review import make_credit_reviews
from tests.pages.stage import DAY, NOW

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_STATED = {"training_hours": "16.7", "accidents": "0", "quality_accidents": "0"}


def make_credit(stage: Stage) -> None:
    """The shop "west lake" hands in the year before; of the running year it has a draft."""
    code, sheet_in_use = stage.province.shops["west lake"], sheet()
    closed, running = credit.years_open(NOW)
    stage.ids |= {"credit_year": str(closed), "running_year": str(running)}
    for year in (closed, running):
        draft = credit.find_or_begin(code, "330106", year, now=NOW - 2 * DAY)
        credit.save(draft.pk, sheet_in_use, _STATED, 0, now=NOW - 2 * DAY)
        for key in ("prices_published", "training_hours"):
            shown = sheet_in_use.find(key)
            assert shown is not None
            credit.attach(draft.pk, shown, files().clean(_photo()), files=files(), now=NOW - 2 * DAY)
        stage.ids["credit"] = stage.ids.get("credit", draft.public_id)
    handed_in = credit.find_or_begin(code, "330106", closed, now=NOW)
    figures = gather(code, closed, NOW)
    credit.submit(handed_in.pk, sheet_in_use, figures, stage.users["shop"], organisation="", now=NOW - DAY)
    make_credit_reviews(stage)


def _photo() -> bytes:
    written = BytesIO()
    Image.new("RGB", (320, 200), (20, 90, 60)).save(written, "PNG")
    return written.getvalue()
