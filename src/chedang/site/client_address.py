"""The network address of a visitor, for limits. A proxy's word counts only when the node trusts the proxy."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.http import HttpRequest

from chedang.platform.settings import Network
from chedang.site.settings import NODE

_SUBSCRIBER_BITS = 64
"""Of an IPv6 address: one subscriber has the rest to choose from."""


def client_address(request: HttpRequest) -> str:
    """Where the request comes from: an IPv4 address, or the IPv6 network of one subscriber.

    The peer of the connection, unless ``CHEDANG_TRUSTED_PROXIES`` holds it: then the last address of
    ``X-Forwarded-For`` that is no trusted proxy itself. A header from anybody else is what a guesser would forge.
    """
    return find_client(
        request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""), NODE.trusted_proxies
    )


def find_client(peer: str, forwarded_for: str, trusted: tuple[Network, ...]) -> str:
    """See :func:`client_address`; '' for a peer without an address, as behind a Unix socket."""
    address = _read(peer)
    for text in reversed(forwarded_for.split(",")):
        if address is None or not _is_in(address, trusted):
            break
        before = _read(text.strip())
        if before is None:
            break
        address = before
    return _subscriber(address)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_in(address: IPv4Address | IPv6Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


def _subscriber(address: IPv4Address | IPv6Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _SUBSCRIBER_BITS), strict=False))
    return "" if address is None else str(address)
