"""Keyed digests under which codes of these pages are kept."""

from __future__ import annotations

from functools import cache

from chedang.owners import consents, transfers
from chedang.platform.sealing import Digester
from chedang.site.settings import NODE


@cache
def consent_digester() -> Digester:
    """For the codes that owners tell."""
    return Digester(NODE.data_dir, consents.KEY_PURPOSE)


@cache
def transfer_digester() -> Digester:
    """For 过户码, and for the keys of limits."""
    return Digester(NODE.data_dir, transfers.KEY_PURPOSE)
