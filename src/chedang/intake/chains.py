"""Requests of a chain's head office, and what became of them. ``flows.chains`` performs them."""

from __future__ import annotations

import msgspec


class AllocationRequest(msgspec.Struct, frozen=True):
    """企业编码分配: a code for one shop of the chain."""

    token: str
    company_name: str
    road_transport_license: str
    division_code: str
    dropped_fields: int = 0
    unknown_fields: tuple[str, ...] = ()


class CodeAllocated(msgspec.Struct, frozen=True):
    """The shop's 维修企业编码, new or as before."""

    company_code: str
