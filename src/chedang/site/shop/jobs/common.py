"""What the pages of the quick form have in common: the shop, and where a draft that was sent is to be seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac

from chedang.access.models import User
from chedang.enterprises import store as enterprises
from chedang.enterprises.model import ReviewState
from chedang.enterprises.store import Connection
from chedang.platform.database import is_unavailable
from chedang.site.archive.connections import archive
from chedang.site.limits import limits_today
from chedang.site.maker_view import ChannelView, channel_view
from chedang.workshop import drafts
from chedang.workshop.models import Sending
from chedang.workshop.sending import send
from chedang.workshop.sending_model import SendingState

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OwnShop:
    """The shop of the person, and whether it may upload from its pages at all."""

    company_code: str
    company_name: str
    is_rejected: bool
    channel: ChannelView

    @property
    def is_closed(self) -> bool:
        return self.is_rejected or self.channel.is_head_office


def own_shop(connection: Connection, company_code: str) -> OwnShop:
    """Raises Http404 where the account names no shop of this node."""
    shop = enterprises.find_by_code(connection, company_code)
    if shop is None:
        raise Http404
    return OwnShop(
        shop.company_code,
        shop.company_name,
        shop.review_state is ReviewState.REJECTED,
        channel_view(connection, shop.company_code),
    )


def account_key(user: User) -> str:
    """Names an account in the browser's own store; says nothing about it."""
    return salted_hmac("chedang.site.shop.jobs", str(user.pk)).hexdigest()[:16]


def hand_over(sending: Sending, now: datetime) -> Sending:
    """Try to get what was written down into the archive at once; the worker goes on where that fails."""
    try:
        with archive() as connection:
            sending = send(connection, sending.pk, limits=limits_today(), now=now)
    except Exception as fault:
        if not is_unavailable(fault):
            raise
        _log.warning("sending waits", sending=sending.pk, fault=type(fault).__name__)
    if sending.state == SendingState.SENT:
        drafts.clear_sent()
    return sending


def show_sent(request: HttpRequest, sending: Sending) -> HttpResponse:
    """The receipt, or the page that says that it is still under way."""
    if sending.state == SendingState.SENT and sending.record_id is not None:
        return redirect("shop-receipt", sending.record_id)
    return render(request, "workshop/waiting.html", {"sending": sending})
