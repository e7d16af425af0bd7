"""The line to the other side, as everything that speaks over it sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from chedang.exchange.model import ExchangeRefused


class LinkDown(Exception):
    """No answer that could be read: the line, the other machine or something between is down. Try again later.

    ``retry_after_seconds``: when the other side said so.
    """

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class ToldRefused(ExchangeRefused):
    """A refusal that came over the line, not one of ours of what came over it."""


@contextmanager
def as_told() -> Iterator[None]:
    """Around the methods of a link: refusals become ToldRefused."""
    try:
        yield
    except ExchangeRefused as refused:
        raise ToldRefused(refused.code, refused.detail, refused.retry_after_seconds) from refused


class CallLink(Protocol):
    """As much of a line as calls need; raises what those of a :class:`Link` raise."""

    def call(self, message: bytes) -> bytes:
        """Bring a sealed message of kind CALL; gives the sealed ANSWER."""
        ...


class Link(CallLink, Protocol):
    """A province's line to the ministry. Every method raises ExchangeRefused for a refusal that the other side told,
    and LinkDown for anything else; what was asked for may have been done all the same."""

    def deliver(self, message: bytes) -> bytes:
        """Bring a sealed message of kind ITEMS; gives the sealed acknowledgement."""
        ...

    def identity(self) -> bytes:
        """Ask who is there: JSON of :class:`chedang.exchange.key_offers.Identity`."""
        ...

    def offer_key(self, offer: bytes) -> bytes:
        """Bring JSON of :class:`chedang.exchange.key_offers.Offer`; gives that of ``OfferTaken``."""
        ...
