"""What the deeds of binding need, for the pages: keys of this node and a connection to its archive."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from chedang.owners.claim_codes import KEY_PURPOSE
from chedang.owners.claims import ClaimDesk
from chedang.owners.limits import binding_limits
from chedang.platform.keys import node_key
from chedang.platform.sealing import Digester
from chedang.site.archive.connections import archive
from chedang.site.settings import NODE


@cache
def claim_desk() -> ClaimDesk:
    """One per process."""
    return ClaimDesk(archive, node_key(NODE.data_dir, KEY_PURPOSE), Digester(NODE.data_dir, "binding"), NODE.node.code)


@contextmanager
def unhurried() -> Iterator[None]:
    """Take at least a fixed time, so that how long it took says nothing about what was found."""
    ends_at = time.monotonic() + binding_limits().facts.least_seconds
    try:
        yield
    finally:
        time.sleep(max(0.0, ends_at - time.monotonic()))
