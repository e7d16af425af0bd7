"""A maker and its dealers, and a shop's 上传方式, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from chedang.enterprises import channels, known, maker_store
from chedang.enterprises.channels import Decision
from chedang.enterprises.maker_model import Dealer, Maker, MakerState
from chedang.enterprises.maker_rules import channel_on, is_listed, why_no_dealer
from chedang.enterprises.model import Channel
from chedang.enterprises.store import Connection
from chedang.filing.counting import EXPIRES_WITHIN_DAYS
from chedang.platform.settings import MINISTRY_CODE
from chedang.site.enterprise_view import division_name
from chedang.terms.dates import day_in_china
from chedang.terms.division import PROVINCES

_TONES = {
    MakerState.APPLIED: ("doubt", "!"),
    MakerState.APPROVED: ("good", "✓"),
    MakerState.REFUSED: ("wrong-tone", "✕"),
    MakerState.ENDED: ("open", "–"),
}


@dataclass(frozen=True, slots=True)
class MakerView:
    """What pages say about one maker: business data only."""

    maker_code: str
    name: str
    unified_credit_code: str
    brands: str
    state: str
    """Value of MakerState."""
    state_word: str
    state_tone: str
    state_sign: str
    is_listed: bool
    valid_from: date | None
    valid_until: date | None
    applied_at: datetime
    decided_at: datetime | None
    reason: str
    dealers: int
    """Dealers today."""
    days_left: int | None = None
    """Until the last day of an approval that is near its end; below 0 it is over. ``None``: not near."""


@dataclass(frozen=True, slots=True)
class DealerRow:
    """One dealer of a list."""

    company_code: str
    name: str
    """'' where no node has told of the shop."""
    place: str
    brand: str
    since_on: date
    until_on: date | None
    is_current: bool
    set_back_on: date | None
    """From when its province has set it back to 单店上传."""


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A shop's 上传方式 today and what was decided about it."""

    word: str
    is_head_office: bool
    since_on: date | None
    makers: tuple[str, ...]
    """Names of the makers on the list that have the shop among their dealers today."""
    coming: tuple[date, str] | None
    """The next change, day and channel in words."""
    decisions: tuple[tuple[date, str, str, str], ...]
    """Day, channel in words, who decided, why; days to come too."""

    @property
    def is_orphaned(self) -> bool:
        """Nobody may upload for the shop, and it may not upload by itself."""
        return self.is_head_office and not self.makers


def today() -> date:
    """The day in China."""
    return day_in_china(timezone.now())


def maker_view(maker: Maker, dealers: int) -> MakerView:
    """Prepare a maker for a page."""
    tone, sign = _TONES[maker.state]
    is_over = maker.state is MakerState.APPROVED and maker.valid_until is not None and maker.valid_until < today()
    return MakerView(
        maker_code=maker.maker_code,
        name=maker.maker_name,
        unified_credit_code=maker.unified_credit_code,
        brands="、".join(maker.brands),
        state=maker.state.value,
        state_word=_("已到期") if is_over else _state_name(maker.state),
        state_tone="open" if is_over else tone,
        state_sign="–" if is_over else sign,
        is_listed=is_listed(maker, today()),
        valid_from=maker.valid_from,
        valid_until=maker.valid_until,
        applied_at=maker.applied_at,
        decided_at=maker.decided_at,
        reason=maker.reason,
        dealers=dealers,
        days_left=days_left(maker),
    )


def days_left(maker: Maker) -> int | None:
    """Until the last day of an approval that ends within :data:`EXPIRES_WITHIN_DAYS`, below 0 when it is over.

    ``None`` for one that is not near its end, and for what is no approval.
    """
    if maker.state is not MakerState.APPROVED or maker.valid_until is None:
        return None
    left = (maker.valid_until - today()).days
    return left if left <= EXPIRES_WITHIN_DAYS else None


def _state_name(state: MakerState) -> str:
    return {
        MakerState.APPLIED: _("待审核"),
        MakerState.APPROVED: _("已同意"),
        MakerState.REFUSED: _("不同意"),
        MakerState.ENDED: _("已终止"),
    }[state]


def maker_views(connection: Connection, makers: list[Maker]) -> list[MakerView]:
    """Several makers with their numbers of dealers."""
    counts = maker_store.count_dealers(connection, today())
    return [maker_view(maker, counts.get(maker.maker_code, 0)) for maker in makers]


def dealer_rows(connection: Connection, maker_code: str) -> list[DealerRow]:
    """A maker's dealers by code with the names their nodes told."""
    dealers = maker_store.dealers_of(connection, maker_code)
    codes = [dealer.company_code for dealer in dealers]
    shops, decisions = known.find_all(connection, codes), channels.decisions_of(connection, codes)
    names = {code: (shop.company_name, shop.division_code) for code, shop in shops.items()}
    return [
        _dealer_row(dealer, *names.get(dealer.company_code, ("", "")), decisions.get(dealer.company_code, []))
        for dealer in dealers
    ]


def _dealer_row(dealer: Dealer, name: str, division_code: str, decisions: list[Decision]) -> DealerRow:
    last = decisions[-1] if decisions else None
    return DealerRow(
        company_code=dealer.company_code,
        name=name,
        place=division_name(division_code) if division_code else "",
        brand=dealer.brand,
        since_on=dealer.since_on,
        until_on=dealer.until_on,
        is_current=not why_no_dealer(dealer, today()),
        set_back_on=last.since_on if last is not None and last.channel is Channel.SHOP else None,
    )


def channel_view(connection: Connection, company_code: str) -> ChannelView:
    """Prepare a shop's 上传方式 for its own page and its officer's."""
    decisions = channels.list_decisions(connection, company_code)
    current = channel_on([decision.change for decision in decisions], today())
    channel = current.channel if current else Channel.SHOP
    makers = maker_store.makers_of(connection, company_code, today())
    coming = next((each for each in decisions if each.since_on > today() and each.channel is not channel), None)
    return ChannelView(
        word=channel_name(channel),
        is_head_office=channel is Channel.HEAD_OFFICE,
        since_on=current.since_on if current else None,
        makers=tuple(maker.maker_name for maker in makers),
        coming=(coming.since_on, channel_name(coming.channel)) if coming else None,
        decisions=tuple(
            (each.since_on, channel_name(each.channel), _node_name(each.decided_by), each.reason)
            for each in reversed(decisions)
        ),
    )


def channel_name(channel: Channel) -> str:
    """上传方式 in words."""
    return {Channel.SHOP: _("单店上传"), Channel.HEAD_OFFICE: _("总部对总部")}[channel]


def _node_name(code: str) -> str:
    return _("部级") if code == MINISTRY_CODE else PROVINCES[code].name if code in PROVINCES else code
