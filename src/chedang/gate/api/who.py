"""Who calls, and what is told with every answer."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.di import NamedDependency
from litestar.types import Message, Scope

from chedang.enterprises.model import Enterprise
from chedang.gate.api.desk import Desk
from chedang.gate.api.noting import note_shop
from chedang.intake.native.answers import NoticeJson
from chedang.intake.native.lifecycle import V1
from chedang.intake.secrets import Notice, authenticate

OPERATION_IN_STATE: Final = "chedang_operation"
"""Where the name of the operation waits, in the request's state, until the answer is counted."""

_NOTICE: Final = "chedang_secret_notice"


async def who(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Enterprise:
    """The shop of the secret. Raises Refused."""
    shop, notice = await authenticate(desk.intake, request.headers.get("authorization", ""))
    remember(request, notice)
    note_shop(request, desk.notebook, shop)
    return shop


def remember(request: Request[Any, Any, Any], notice: Notice | None) -> None:
    """Tell with this answer that the secret ends soon."""
    if notice is not None:
        request.scope.setdefault("state", {})[_NOTICE] = notice


def secret_notices(request: Request[Any, Any, Any]) -> tuple[NoticeJson, ...]:
    """The same for the ``notices`` of a receipt."""
    notice = request.scope.get("state", {}).get(_NOTICE)
    return (NoticeJson("SECRET_EXPIRES", notice.text),) if isinstance(notice, Notice) else ()


async def add_headers(message: Message, scope: Scope) -> None:
    """How far the interface is, and the last day of the secret used, on every answer."""
    if message["type"] != "http.response.start":
        return
    if (handler := scope.get("route_handler")) is not None:
        scope.setdefault("state", {})[OPERATION_IN_STATE] = handler.name or "other"
    headers = [*message["headers"], (b"chedang-api-status", V1.status.value.encode())]
    if V1.sunset_on is not None:
        headers.append((b"sunset", f"{V1.sunset_on:%a, %d %b %Y} 00:00:00 GMT".encode()))
    notice = scope.get("state", {}).get(_NOTICE)
    if isinstance(notice, Notice):
        headers.append((b"chedang-secret-expires", notice.expires_on.isoformat().encode()))
    message["headers"] = headers
