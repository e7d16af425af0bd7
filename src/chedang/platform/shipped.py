"""Numbers that ship with a package as a TOML file under its ``data``, checked against their shape when first read."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TypeVar

import msgspec

Shape = TypeVar("Shape", bound=msgspec.Struct)


def read_shipped(package: str, name: str, shape: type[Shape]) -> Shape:
    """The file ``name`` of ``package`` as a ``shape``. Raises msgspec.ValidationError for one that does not fit."""
    text = resources.files(package).joinpath("data", name).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), shape)
