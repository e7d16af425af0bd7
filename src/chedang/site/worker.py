"""What the server's worker process imports: its place among the processes first, then the application."""

from __future__ import annotations

from chedang.platform.logging import configure
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import Settings

die_with_parent()
configure("site", Settings.from_environment().log_level)

from chedang.site.wsgi import application  # noqa: E402 - logs must be in place before Django starts

__all__ = ["application"]
