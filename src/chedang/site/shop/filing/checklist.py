"""经营条件自查: a shop answers each condition of its class; what is missing stands on top."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.enterprises.model import Enterprise
from chedang.filing import checklists
from chedang.filing.filing_model import FilingRefused
from chedang.filing.paper_model import (
    CLASSES_OF,
    LONGEST_NOTE,
    Answer,
    ChecklistClass,
    Group,
    ItemAnswer,
)
from chedang.filing.words import ANSWER_NAMES, ATTACHMENT_NAMES, CLASS_NAMES
from chedang.site.archive.connections import archive
from chedang.site.guards import for_shop, person
from chedang.site.shop.filing.pages import own_shop
from chedang.site.shop.filing.presentation import checklist_view, paper_views
from chedang.site.shop.filing.wiring import acting

_ALL = (ChecklistClass.FIRST, ChecklistClass.SECOND, ChecklistClass.MINOR, ChecklistClass.SPECIAL)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop()
def checklist(request: HttpRequest) -> HttpResponse:
    """The list of the shop's class; answers may be incomplete and are kept by version."""
    user = person(request)
    with archive() as connection:
        shop = own_shop(connection, user.company_code)
    possible = CLASSES_OF.get(shop.category_code, _ALL)
    chosen = _chosen(request, shop, possible)
    groups = checklists.load_checklist().of_class(chosen)
    newest = checklists.newest_answers(shop.company_code)
    answers = checklists.answers_in(newest) if newest is not None else {}
    problem = ""
    if request.method == "POST":
        answers = _read(request, groups)
        problem = _keep(request, shop, chosen, answers)
        if not problem:
            return redirect("shop-checklist")
    language = get_language() or ""
    context: dict[str, Any] = {
        "groups": _rows(groups, answers, is_english=language.startswith("en")),
        "classes": [(str(each), CLASS_NAMES[each]) for each in possible],
        "chosen": str(chosen),
        "class_name": CLASS_NAMES[chosen],
        "answers": [(str(each), ANSWER_NAMES[each]) for each in Answer],
        "papers": paper_views(shop.company_code),
        "view": checklist_view(shop.company_code, language),
        "standard": checklists.load_checklist().standard,
        "longest_note": LONGEST_NOTE,
        "problem": problem,
    }
    return render(request, "filing/checklist.html", context, status=422 if problem else 200)


def _chosen(request: HttpRequest, shop: Enterprise, possible: tuple[ChecklistClass, ...]) -> ChecklistClass:
    """What the form or the address says; else what was answered last; else the first that fits."""
    newest = checklists.newest_answers(shop.company_code)
    wanted = (request.POST or request.GET).get("class", "") or (newest.class_key if newest else "")
    return next((each for each in possible if each == wanted), possible[0])


def _read(request: HttpRequest, groups: tuple[Group, ...]) -> dict[str, ItemAnswer]:
    """What was ticked; items without a tick are not answered."""
    given = {item.key: request.POST.get(f"answer-{item.key}", "") for group in groups for item in group.items}
    return {
        key: ItemAnswer(
            answer=Answer(answer),
            note=request.POST.get(f"note-{key}", "").strip(),
            attachment=request.POST.get(f"paper-{key}", ""),
        )
        for key, answer in given.items()
        if answer in set(Answer)
    }


def _keep(request: HttpRequest, shop: Enterprise, chosen: ChecklistClass, answers: dict[str, ItemAnswer]) -> str:
    """Keep the answers; a sentence when they cannot be."""
    user, now = person(request), timezone.now()
    record_event(user, AuditAction.FILE_ENTERPRISE, Purpose.OWN_BUSINESS, now=now, object_id=shop.company_code)
    try:
        row = checklists.answer(shop.company_code, chosen, answers, acting(user), now=now)
    except FilingRefused as refused:
        return refused.sentence
    if row.missing:
        messages.warning(request, _("已保存。还有 %(n)d 项没有或没有填写。") % {"n": row.missing})
    else:
        messages.success(request, _("已保存，各项条件都具备。"))
    return ""


def _rows(groups: tuple[Group, ...], answers: dict[str, ItemAnswer], *, is_english: bool) -> list[dict[str, Any]]:
    return [
        {
            "name": group.english if is_english else group.name,
            "items": [
                {
                    "key": item.key,
                    "text": item.english if is_english else item.text,
                    "clause": item.clause,
                    "evidence": ATTACHMENT_NAMES[item.evidence] if item.evidence else "",
                    "answer": str(answers[item.key].answer) if item.key in answers else "",
                    "note": answers[item.key].note if item.key in answers else "",
                    "paper": answers[item.key].attachment if item.key in answers else "",
                }
                for item in group.items
            ],
        }
        for group in groups
    ]
