"""Of the scene: shops whose filings wait, were refused, or ask for changes; papers and a checklist."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chedang.access.models import User
from chedang.enterprises import actions, store
from chedang.filing import changes, checklists
from chedang.filing.attachments import Papers
from chedang.filing.history import By
from chedang.filing.paper_model import CLASSES_OF, Answer, AttachmentKind, ChecklistClass, ItemAnswer
from chedang.site.organisation import authority_name
from chedang.site.settings import NODE
from tests.pages.stage import DAY, NOW
from tests.unit.platform.test_images import photo

if TYPE_CHECKING:
    from tests.pages.stage import Stage

_SHOPS = {"filer": (441, True), "refused filer": (442, False), "waiting filer": (443, False), "late filer": (444, True)}


def make_filing(stage: Stage) -> None:
    """Four shops of an idle county, each with its manager."""
    by = {name: _enter(stage, name, number, is_approved) for name, (number, is_approved) in _SHOPS.items()}
    officer = By(None, authority_name("330110"))
    code = stage.province.shops
    connection = stage.province.connection
    texts = {"company_name": "换名以后汽车维修有限公司", "address": "新址路 5 号"}
    changes.change(connection, code["filer"], texts, by["filer"], now=NOW - 20 * DAY)
    refused = changes.waiting_change(code["filer"])
    assert refused is not None
    stage.ids["change_refused"] = str(refused.public_id)
    changes.refuse(refused.public_id, "名称与营业执照不一致，请核对。", officer, now=NOW - 18 * DAY)
    changes.change(connection, code["filer"], {"linkman_phone": "14200000441"}, by["filer"], now=NOW - DAY)
    for name, key, at in (("filer", "change", NOW - DAY), ("late filer", "change_late", NOW - 30 * DAY)):
        asked = changes.change(connection, code[name], {"address": "新址路 6 号"}, by[name], now=at).waiting
        assert asked is not None
        stage.ids[key] = str(asked.public_id)
    actions.reject(connection, code["refused filer"], by="tests", now=NOW, reason="许可证号与名称不符，请改正。")
    connection.commit()
    stage.ids["filing_shop"] = code["waiting filer"]
    _add_papers(stage, code["waiting filer"], by["waiting filer"])


def _enter(stage: Stage, name: str, number: int, is_approved: bool) -> By:
    stage.province.add_shop(name, number, division_code="330110", is_approved=is_approved)
    code = stage.province.shops[name]
    user = User.objects.create(
        username=name.replace(" ", "-"), display_name="某负责人", role="shop", password="!", company_code=code
    )
    stage.enter(name, user)
    return By(user, stage.province.names[name])


def _add_papers(stage: Stage, code: str, by: By) -> None:
    papers = Papers(Path(NODE.data_dir))
    papers.add(code, AttachmentKind.LICENCE, papers.clean(photo()), by, now=NOW)
    shop = store.find_by_code(stage.province.connection, code)
    assert shop is not None
    chosen: ChecklistClass = CLASSES_OF[shop.category_code][0]
    items = [item for group in checklists.load_checklist().of_class(chosen) for item in group.items]
    answers = {item.key: ItemAnswer(answer=Answer.YES) for item in items}
    answers[items[0].key] = ItemAnswer(answer=Answer.NO, note="正在招聘，下月到岗")
    checklists.answer(code, chosen, answers, by, now=NOW)
