"""What every template may use."""

from __future__ import annotations

from django.http import HttpRequest

from chedang.access.models import User
from chedang.site.public.display import is_large
from chedang.site.settings import NODE, OWNERS_SIGN_IN


def page(request: HttpRequest) -> dict[str, object]:
    """The size of type the reader chose, the signed-in person, which node this is and whether owners sign in here."""
    user = getattr(request, "user", None)  # absent when a page fails before the session was read
    return {
        "is_large": is_large(request),
        "person": user if isinstance(user, User) else None,
        "node": NODE.node,
        "owners_sign_in": OWNERS_SIGN_IN,
    }
