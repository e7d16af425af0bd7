"""经营条件自查: the shop's answers by version, and what is missing by the list that ships."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from chedang.filing.attachments import attachments_of
from chedang.filing.filing_model import FilingRefused, StepKind
from chedang.filing.history import By, note
from chedang.filing.models.papers import ChecklistAnswers
from chedang.filing.paper_model import LONGEST_NOTE, Checklist, ChecklistClass, ItemAnswer, missing_items
from chedang.filing.staff import lock_shop
from chedang.platform.shipped import read_shipped


@cache
def load_checklist() -> Checklist:
    """The list as it ships."""
    return read_shipped("chedang.filing", "checklist.toml", Checklist)


def newest_answers(company_code: str) -> ChecklistAnswers | None:
    """What the shop said last; ``None`` when it never did."""
    return ChecklistAnswers.objects.filter(company_code=company_code).order_by("-version").first()


def answers_in(row: ChecklistAnswers) -> dict[str, ItemAnswer]:
    """Item → answer."""
    return msgspec.convert(row.answers, dict[str, ItemAnswer])


def answer(
    company_code: str, class_key: ChecklistClass, answers: Mapping[str, ItemAnswer], by: By, *, now: datetime
) -> ChecklistAnswers:
    """Keep the answers as the next version; the same again is the version there is. Raises FilingRefused."""
    if by.user is None:
        raise FilingRefused(_("请先登录。"))
    checklist = load_checklist()
    groups = checklist.of_class(class_key)
    known = {item.key for group in groups for item in group.items}
    kept = {key: each for key, each in answers.items() if key in known}
    if any(len(each.note) > LONGEST_NOTE for each in kept.values()):
        raise FilingRefused(_("说明请控制在 200 个字以内。"))
    papers = {str(paper.file_id) for paper in attachments_of(company_code)}
    if any(each.attachment and each.attachment not in papers for each in kept.values()):
        raise FilingRefused(_("所选的附件已经移除，请重新选择。"))
    content = msgspec.to_builtins(kept)
    with transaction.atomic():
        lock_shop(company_code)
        before = newest_answers(company_code)
        if before is not None and (before.class_key, before.edition, before.answers) == (
            class_key,
            checklist.edition,
            content,
        ):
            return before
        row = ChecklistAnswers.objects.create(
            company_code=company_code,
            version=before.version + 1 if before else 1,
            class_key=str(class_key),
            edition=checklist.edition,
            answers=content,
            missing=len(missing_items(groups, kept)),
            answered_by=by.user,
            answered_at=now,
        )
        note(company_code, StepKind.CHECKED, by, now=now, text=str(row.version))
    return row
