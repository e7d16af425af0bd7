"""A channel between two databases: whatever is lost, repeated, reordered or cut off, everything arrives once."""

from __future__ import annotations

from .nodes import Node, carry
from .rows import history, row


def test_what_a_province_took_in_stands_at_the_ministry_just_so(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001"), *history("JS002", ["LXXAA11A5R1000017", "LXXAA11A9R1000019"])])
    assert carry(province, ministry) == 1
    assert ministry.rows() == province.rows()
    assert ministry.heads() == province.heads()
    assert carry(province, ministry) == 0
