"""What the notebook gets to know of a call of the native interface (ADR 0038)."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

import msgspec
from litestar import Request

from chedang.enterprises import secrets
from chedang.enterprises.model import Enterprise
from chedang.gate.notebook import Notebook, ToldRefusal
from chedang.intake.batches import NATIVE
from chedang.intake.callers import Mark, MarkKind
from chedang.intake.native.answers import ProblemJson
from chedang.intake.outcomes import Refusal

NOTEBOOK_IN_STATE: Final = "notebook"
"""Where the notebook stands in the application's state; ``None`` where nothing is noted."""
_SHOP: Final = "chedang_shop"


def note_shop(request: Request[Any, Any, Any], notebook: Notebook | None, shop: Enterprise) -> None:
    """The caller has proved to be this shop."""
    if notebook is not None:
        mark = Mark(MarkKind.SHOP, shop.company_code)
        request.scope.setdefault("state", {})[_SHOP] = mark
        notebook.seen(mark, NATIVE, request.headers.get("user-agent", ""))


def note_problem(request: Request[Any, Any, Any], refusal: Refusal, problem: ProblemJson) -> None:
    """The call is answered with this problem."""
    notebook: Notebook | None = request.app.state.get(NOTEBOOK_IN_STATE)
    if notebook is None:
        return
    handler = request.scope.get("route_handler")
    differing = (text for each in problem.differences for text in (each.before, each.after))
    values = tuple(text for text in differing if isinstance(text, str))
    notebook.refused(
        request.scope.get("state", {}).get(_SHOP) or _named(request.headers.get("authorization", "")),
        NATIVE,
        getattr(handler, "name", None) or "other",
        ToldRefusal(refusal, problem.status, msgspec.json.encode(problem), values),
        request.headers.get("user-agent", ""),
    )


def _named(authorization: str) -> Mark | None:
    """Whom a caller that did not prove it claims to be: the public part of a secret, or the name before a password."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "bearer":
        secret_id = secrets.public_part(credentials.strip())
        return None if secret_id is None else Mark(MarkKind.SECRET, secret_id)
    if scheme.lower() != "basic":
        return None
    try:
        name = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return None
    return Mark(MarkKind.LOGIN, name) if name else None
