"""What these pages act with: how a shop gets its code, where its papers are, who acts."""

from __future__ import annotations

from functools import cache

from chedang.access.models import User
from chedang.exchange.registering import Registrar
from chedang.filing.attachments import Papers
from chedang.filing.history import By
from chedang.platform.clock import system_clock
from chedang.platform.sealing import Digester
from chedang.site.organisation import organisation_of
from chedang.site.settings import NODE


@cache
def registrar() -> Registrar:
    """Registers shops of this node."""
    return Registrar(NODE, system_clock)


@cache
def papers() -> Papers:
    """The attachments of this node."""
    return Papers(NODE.data_dir)


@cache
def digester() -> Digester:
    """Digests of addresses, for limits."""
    return Digester(NODE.data_dir, "filing-limits")


def acting(user: User) -> By:
    """A signed-in person with the shop or authority they stand for."""
    return By(user, organisation_of(user))
