"""What these pages need of the node: its keys, limits per network address, its own address, the views of a car."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.http import HttpRequest

from chedang.access.allowances import take
from chedang.access.models import User
from chedang.owners.model import Scope
from chedang.platform.sealing import Digester
from chedang.site.client_address import client_address
from chedang.site.settings import NODE
from chedang.site.vehicle.reading import ReadVehicle
from chedang.vehicles.views import FileView, View, redact

LOOKS_PER_ADDRESS: Final = 60
"""Codes and numbers that may be tried from one network address within WINDOW: a counter has one address too."""
DIGESTS_PER_ADDRESS: Final = 10
WINDOW: Final = timedelta(minutes=10)

_VIEWS: Final = {Scope.VERDICT: View.VERDICT, Scope.BUYER: View.BUYER, Scope.FULL: View.OWNER}


def share_digest(code: str) -> str:
    """Keyed digest under which a share code is kept."""
    return Digester(NODE.data_dir, "share-codes").digest(code)


def take_from_address(request: HttpRequest, kind: str, *, most: int, now: datetime) -> timedelta:
    """Take one try of this visitor's network address; a positive answer is the time to wait. Nobody else waits."""
    address = Digester(NODE.data_dir, "network-addresses").digest(client_address(request))
    return take(kind, address, most=most, within=WINDOW, now=now)


def visitor(request: HttpRequest) -> User | None:
    """The signed-in account; ``None`` for a visitor without one."""
    return request.user if isinstance(request.user, User) else None


def absolute(path: str) -> str:
    """``path`` at the site's own address, for what is read elsewhere: links, QR codes, paper."""
    return f"{NODE.site_address}{path}"


def view_of(read: ReadVehicle, scope: Scope, *, shops_hidden_before: date | None) -> FileView:
    """The view of a scope."""
    return redact(read.file, _VIEWS[scope], companies=read.companies, shops_hidden_before=shops_hidden_before)
