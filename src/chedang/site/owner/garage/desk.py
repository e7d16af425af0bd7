"""What the deeds of binding need, for the pages: keys of this node and a connection to its archive."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from chedang.owners.claim_codes import KEY_PURPOSE, ClaimPrinter
from chedang.owners.claims import ClaimDesk
from chedang.owners.limits import binding_limits
from chedang.platform.keys import node_key
from chedang.platform.qr import qr_svg
from chedang.platform.sealing import Digester
from chedang.site.archive.connections import archive
from chedang.site.settings import NODE


@cache
def claim_desk() -> ClaimDesk:
    """One per process."""
    return ClaimDesk(archive, node_key(NODE.data_dir, KEY_PURPOSE), Digester(NODE.data_dir, "binding"), NODE.node.code)


def claim_printer() -> ClaimPrinter:
    """Gives out the codes that lists and slips carry."""
    return ClaimPrinter(claim_desk().code_key, NODE.site_address)


def printed_claim(record_id: UUID) -> dict[str, Any]:
    """What a page prints so that an owner can bind the car: code, picture, days for which it is good."""
    printer = claim_printer()
    code = printer.code(record_id.hex)
    picture = mark_safe(qr_svg(printer.url(code), label=_("认领码二维码")))  # noqa: S308 - drawn by our own package
    return {"code": code, "qr": picture, "days": binding_limits().codes.valid_days}


@contextmanager
def unhurried() -> Iterator[None]:
    """Take at least a fixed time, so that how long it took says nothing about what was found."""
    ends_at = time.monotonic() + binding_limits().facts.least_seconds
    try:
        yield
    finally:
        time.sleep(max(0.0, ends_at - time.monotonic()))
