"""Where software reaches this node: the addresses of every vocabulary that it serves, and their names."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedang.intake.amending import DESK_DIALECT
from chedang.intake.batches import NATIVE
from chedang.intake.dialects import DIALECTS
from chedang.intake.families import Family, load_families
from chedang.site.settings import NODE

DIALECT_WORDS: Final[dict[str, Promise]] = {
    NATIVE: _("原生接口（JSON，新写的软件用它）"),
    "lcippro": _("省级接口"),
    "lciprest": _("2016 年试点接口"),
    "lciphostrest": _("连锁与生产企业总部接口"),
    "ashx": _("佛山接口"),
    "carhealth": _("成都接口"),
    "openapi": _("签名分步接口"),
    "carlife": _("二级维护签名接口"),
    DESK_DIALECT: _("网页填写"),
}
"""Vocabularies in words."""
_API_PATH: Final = "/api/v1"


class Address(NamedTuple):
    """One line of the list."""

    dialect: str
    words: str
    url: str


def dialect_words(dialect: str) -> str:
    """A vocabulary in words; of one that this release does not know, its name."""
    return str(DIALECT_WORDS.get(dialect, dialect))


@cache
def families() -> tuple[Family, ...]:
    """The vocabularies that this node serves, as its gate reads them at its start."""
    return load_families(DIALECTS, NODE.dialects_file, NODE.mode)


def addresses() -> list[Address]:
    """Every address under which software may call, the native interface first."""
    found = [Address(NATIVE, dialect_words(NATIVE), NODE.gate_address + _API_PATH)]
    for family in families():
        name = family.dialect.name
        for base in family.bases:
            found += [Address(name, dialect_words(name), origin + base) for origin in _origins(family)]
    return found


def _origins(family: Family) -> list[str]:
    """Scheme, host and port; a vocabulary that is served on named hosts only is reached under these."""
    if not family.hosts:
        return [NODE.gate_address]
    parts = urlsplit(NODE.gate_address)
    port = f":{parts.port}" if parts.port else ""
    return [f"{parts.scheme}://{host}{port}" for host in family.hosts]
