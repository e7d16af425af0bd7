"""Connections of the pages to the archive's stores: one small pool per process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from chedang.platform.database import open_pool
from chedang.site.settings import NODE


def archive() -> AbstractContextManager[Any]:
    """Lend a connection for one page. Commits at the end, rolls back on an error; raises PoolTimeout."""
    return _lender()()


@cache
def _lender() -> Callable[[], AbstractContextManager[Any]]:
    if NODE.database_url is None:
        raise RuntimeError("CHEDANG_DATABASE_URL is not set for this process")
    return open_pool(NODE.database_url, name="chedang-site-archive", min_size=1, max_size=4).connection
