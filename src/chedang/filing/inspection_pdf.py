"""现场勘验记录 on paper: A4, black on white, in Chinese whatever the page's language. Equal content, equal bytes."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from django.utils.timezone import localtime
from django.utils.translation import override

from chedang.filing.inspection_model import InspectionReason, InspectionStepKind, Outcome, Presence
from chedang.filing.inspection_photos import photos_of
from chedang.filing.inspections import answers_of, groups_of
from chedang.filing.models.inspections import Inspection
from chedang.filing.paper_model import ChecklistClass
from chedang.filing.words import CLASS_NAMES, INSPECTION_REASONS, OUTCOMES, PRESENCES, VERDICTS
from chedang.platform.documents import FONT_FAMILY, set_pdf

_NONE: Final = "–"


def inspection_pdf(inspection: Inspection, *, shop_name: str) -> bytes:
    """The record of a finished inspection, its supplements included."""
    with override("zh-hans"):
        paper = _paper(inspection, shop_name)
    given = {"paper": json.dumps(paper, ensure_ascii=False), "font": FONT_FAMILY}
    return set_pdf("chedang.filing", "typst/inspection.typ", given)


def _paper(inspection: Inspection, shop_name: str) -> dict[str, object]:
    answers, photos = answers_of(inspection), photos_of(inspection)
    supplements = inspection.steps.filter(kind=InspectionStepKind.AMENDED)
    rows = [
        (
            item.text,
            str(VERDICTS[answers[item.key][0]][0]) if item.key in answers else _NONE,
            answers[item.key][1] if item.key in answers else "",
            str(sum(photo.item == item.key for photo in photos) or ""),
        )
        for group in groups_of(inspection)
        for item in group.items
    ]
    finished = inspection.steps.filter(kind=InspectionStepKind.FINISHED).first()
    return {
        "number": inspection.public_id.upper(),
        "facts": [
            ("被勘验企业", shop_name),
            ("维修企业编码", inspection.company_code),
            ("勘验原因", str(INSPECTION_REASONS[InspectionReason(inspection.reason)])),
            ("适用条件", f"{CLASS_NAMES[ChecklistClass(inspection.class_key)]}（清单 {inspection.edition}）"),
            ("勘验机关", finished.organisation if finished else _NONE),
            ("执法人员", "、".join(user.display_name or user.username for user in inspection.officers.all())),
            ("开始时间", _time(inspection.begun_at)),
            ("办结时间", _time(inspection.closed_at)),
            ("企业方", str(PRESENCES[Presence(inspection.presence)])),
            ("勘验结果", str(OUTCOMES[Outcome(inspection.outcome)][0])),
        ],
        "rows": rows,
        "remark": inspection.remark,
        "supplements": [f"{_time(step.at)}：{step.text}" for step in supplements],
    }


def _time(at: datetime | None) -> str:
    if at is None:
        return _NONE
    local = localtime(at)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
