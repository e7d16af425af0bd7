"""What censures, hand-overs and sanctions share: a row is held while it changes, each change is a row of history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from django.db import connection
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.reviews.moderation import built_in
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.enforcement import CaseStep, Censure, HandOver, Sanction
from chedang.terms.text import tidy

Matter = TypeVar("Matter", Censure, HandOver, Sanction)
_COLUMNS: Final = {Censure: "censure", HandOver: "hand_over", Sanction: "sanction"}
MOST_TEXT: Final = 1000


class Officer(NamedTuple):
    """Who acts, and for which authority; ``user`` is ``None`` for the system."""

    user: User | None
    organisation: str


def lock(kind: type[Matter], public_id: str) -> Matter:
    """The row, held until the transaction ends. Raises NotAllowed for an unknown one."""
    found = kind.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise NotAllowed(_("没有这一件。"))
    return found


def is_repeat(matter: Matter, deed: str, actor: Officer, text: str, seen: int) -> bool:
    """Whether the page was sent twice: the one step since then is this very one."""
    if matter.step_count != seen + 1:
        return False
    mine = matter.steps.filter(place=matter.step_count, deed=deed, actor=actor.user, text=text)
    return bool(mine.exists())


def hold(name: str) -> None:
    """Hold a name until the transaction ends: of two who would use it at once the second waits, and finds it used."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"supervision {name}"])


def check_seen(matter: Matter, seen: int) -> None:
    """Raises Overtaken when the page showed fewer steps than there are."""
    if matter.step_count != seen:
        raise Overtaken(_("您打开页面以后，别人已经办理过这一件，您的操作没有执行。请看最新进展再决定。"))


def note(
    matter: Matter,
    deed: str,
    actor: Officer,
    *,
    now: datetime,
    state: str,
    text: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Save the matter and add the row of history."""
    matter.step_count += 1
    matter.save()
    CaseStep.objects.create(
        **{_COLUMNS[type(matter)]: matter},
        place=matter.step_count,
        at=now,
        deed=deed,
        actor=actor.user,
        organisation=actor.organisation,
        state=state,
        text=text,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
    )


def words(text: str, *, most: int = MOST_TEXT) -> str:
    """Tidy line by line. Raises NotAllowed for too many."""
    tidied = "\n".join(tidy(line) for line in text.splitlines()).strip()
    if len(tidied) > most:
        raise NotAllowed(_("内容请控制在 %(most)d 个字以内。") % {"most": most})
    return tidied


def public_words(text: str) -> str:
    """Words that everybody will read. Raises NotAllowed where a plate, VIN, phone or address of a person is in them."""
    tidied = words(text)
    if not tidied:
        raise NotAllowed(_("请写明内容。"))
    if built_in().check(tidied).masked:
        raise NotAllowed(_("内容会公开，不能有车牌号码、车架号、电话、网址或者账号，请改写后再提交。"))
    return tidied
