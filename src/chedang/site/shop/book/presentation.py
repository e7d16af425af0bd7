"""An order as its pages show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from chedang.site.findings import Flag, describe_findings
from chedang.site.shop.book.words import COLUMN_WORDS, FIELD_WORDS, KIND_NAMES, OLD_PARTS_NAMES, STATE_TONES
from chedang.workshop.amounts import Amounts, written
from chedang.workshop.models.orders import DEED_NAMES, STATE_NAMES, Order, Settlement
from chedang.workshop.models.sending import Sending
from chedang.workshop.order_model import Deed, OldParts, OrderContent, OrderState, PartKind
from chedang.workshop.order_rules import changes_between
from chedang.workshop.orders import Version, content_of
from chedang.workshop.sending import refusal_of
from chedang.workshop.sending_model import SendingState


@dataclass(frozen=True, slots=True)
class Tag:
    """A state: word, sign and colour."""

    tone: str
    sign: str
    word: str


@dataclass(frozen=True, slots=True)
class UploadView:
    """How the record of a settlement stands with the archive."""

    tag: Tag
    sentence: str
    remedy: str
    flags: list[Flag]
    is_refused: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody else changed meanwhile."""

    name: str
    before: str
    after: str


def state_tag(order: Order) -> Tag:
    """The state of an order."""
    state = OrderState(order.state)
    return Tag(*STATE_TONES[state], str(STATE_NAMES[state]))


def upload_view(settlement: Settlement) -> UploadView:
    """Whether the archive has the record of a settled order, and if not, why and what to do."""
    sending = settlement.sending
    refusal = None if sending is None else refusal_of(sending)
    if sending is not None and sending.state == SendingState.SENT:
        return UploadView(Tag("good", "✓", _("已上传")), _("档案系统已收到这条记录。"), "", [], False)
    if refusal is None:
        waiting = Tag("doubt", "…", _("等待上传"))
        return UploadView(waiting, _("每分钟自动重试，不用再做什么。"), "", [], False)
    sentence = f"{refusal.kind.sentence}：{refusal.detail}" if refusal.detail else refusal.kind.sentence
    flags = describe_findings(refusal.findings, with_notes=False)
    return UploadView(Tag("wrong-tone", "✕", _("没有上传成功")), sentence, refusal.kind.remedy, flags, True)


def void_view(settlement: Settlement) -> Tag:
    """How the record of a settlement stands that was taken back."""
    void: Sending | None = settlement.void_sending
    if void is None:
        return Tag("open", "–", _("没有上传过，不用作废"))
    return {
        SendingState.SENT: Tag("open", "–", _("记录已作废")),
        SendingState.WAITING: Tag("doubt", "…", _("等待作废")),
        SendingState.REFUSED: Tag("wrong-tone", "✕", _("没有作废成功")),
    }[SendingState(void.state)]


def steps_view(order: Order) -> list[dict[str, Any]]:
    """What was done to an order, the newest first."""
    names = {item.key: item.name for item in content_of(order).items}
    return [
        {
            "deed": DEED_NAMES[Deed(step.deed)],
            "item": names.get(step.item_key, ""),
            "who": step.done_by.display_name,
            "at": step.done_at,
            "reason": step.reason,
        }
        for step in order.steps.select_related("done_by").order_by("-id")[:100]
    ]


def sums_view(sums: Amounts | None) -> list[tuple[str, str]]:
    """The sums in words and figures; empty when more is taken off than there is."""
    if sums is None:
        return []
    return [
        (_("工时费用"), written(sums.labour)),
        (_("材料费用"), written(sums.material)),
        (_("其他费用"), written(sums.other)),
        *_unless_nothing((_("税费"), sums.tax), (_("优惠"), -sums.discount), (_("抹零"), -sums.rounding)),
        (_("总费用"), written(sums.total)),
        *_unless_nothing((_("预付"), -sums.prepaid)),
        (_("应退") if sums.received < 0 else _("应收"), written(abs(sums.received))),
    ]


def old_parts_name(content: OrderContent) -> str:
    """What becomes of the old parts, in the words of the form; '' while nobody chose."""
    return str(OLD_PARTS_NAMES[OldParts(content.old_parts)]) if content.old_parts else ""


def _unless_nothing(*named: tuple[str, Decimal]) -> Iterator[tuple[str, str]]:
    return ((name, written(amount)) for name, amount in named if amount)


def changes_view(before: Version, after: Version) -> list[Change]:
    """What differs between two versions, field by field; of lists, the lines that went and that came."""
    changes = []
    for name in changes_between(before.content, after.content):
        was, now = getattr(before.content, name), getattr(after.content, name)
        label = str(FIELD_WORDS[name])
        if isinstance(was, tuple):
            went, came = list(_lines(was)), list(_lines(now))
            gone = [line for line in went if line not in came]
            new = [line for line in came if line not in went]
            changes.append(Change(label, "\n".join(gone), "\n".join(new)))
        else:
            changes.append(Change(label, _plain(name, was), _plain(name, now)))
    for name in type(before.customer).__struct_fields__:
        was, now = getattr(before.customer, name), getattr(after.customer, name)
        if was != now:
            changes.append(Change(str(FIELD_WORDS[name]), was, now))
    return changes


def _lines(rows: tuple[msgspec.Struct, ...]) -> Iterator[str]:
    for row in rows:
        values = {name: value for name, value in msgspec.structs.asdict(row).items() if name != "key" and value}
        yield "，".join(f"{COLUMN_WORDS[name]} {_plain(name, value)}" for name, value in values.items())


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "old_parts":
        return str(OLD_PARTS_NAMES[OldParts(value)]) if value else ""
    if name == "kind":
        return str(KIND_NAMES[PartKind(value)])
    return str(value)
