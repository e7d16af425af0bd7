from __future__ import annotations

from ipaddress import ip_network

import pytest

from chedang.site.client_address import find_client

TRUSTED = (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.1", "198.51.100.7"),  # nobody asked that visitor
        ("127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("127.0.0.1", "192.0.2.1, 203.0.113.1", "203.0.113.1"),  # the visitor wrote the first
        ("127.0.0.1", "203.0.113.1, 10.1.2.3", "203.0.113.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.1, nonsense, 10.0.0.1", "10.0.0.1"),
        ("::ffff:127.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("127.0.0.1", "2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", "203.0.113.1", ""),
    ],
)
def test_only_a_trusted_proxy_may_say_where_a_visitor_comes_from(peer: str, forwarded_for: str, client: str) -> None:
    assert find_client(peer, forwarded_for, TRUSTED) == client
