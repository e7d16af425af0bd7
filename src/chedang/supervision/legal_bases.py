"""On what an order to correct rests: items of the rules as data (``data/legal-bases.toml``), with what is 待核."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta

from chedang.platform.shipped import read_shipped


class LegalBasis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a rule. ``clause`` says so where nobody has read the number in force."""

    key: Annotated[str, Meta(pattern="^[a-z_]{1,40}$")]
    name: Annotated[str, Meta(min_length=1)]
    rule: Annotated[str, Meta(min_length=1)]
    clause: Annotated[str, Meta(min_length=1)]

    @property
    def words(self) -> str:
        """As an order cites it."""
        return f"《{self.rule}》{self.clause}：{self.name}"


class _Bases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bases: tuple[LegalBasis, ...]


@cache
def load_bases() -> Mapping[str, LegalBasis]:
    """All of them by key, in the order of the file. Raises msgspec.ValidationError for a file that does not fit."""
    return {each.key: each for each in read_shipped("chedang.supervision", "legal-bases.toml", _Bases).bases}
