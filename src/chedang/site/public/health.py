"""Whether the process lives and whether it can serve, for supervisors and load balancers."""

from __future__ import annotations

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

_log = structlog.get_logger(__name__)


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and has every migration of this release; 503 otherwise."""
    try:
        executor = MigrationExecutor(connection)
        lacking = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        _log.warning("database_unavailable", error=type(error).__name__)
        return JsonResponse({"status": "unavailable", "reason": "database"}, status=503)
    if lacking:
        return JsonResponse({"status": "unavailable", "reason": "migrations"}, status=503)
    return JsonResponse({"status": "ok"})
