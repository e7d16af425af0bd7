"""What the ``openapi`` vocabulary signs: one text made of all members of a call. Pure.

The interface paper gives the rule in five sentences; where they leave a choice, this follows how the interface's vendor
reads them, since clients were built against that. A value is URL-decoded before it is signed, at every level that
encloses it: ``+`` becomes a blank, ``%41`` becomes ``A``. A ``%`` that begins no escape stays (the vendor's own code
cannot read it, so clients write ``％``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote_plus

from chedang.intake.outcomes import RefusalKind, Refused

_DEEPEST: Final = 20


def signed_content(document: Mapping[str, Any]) -> str:
    """Members in the order of their names, ``name=value`` joined with ``&``, without ``sign``.

    Numbers stand as they were written: give them as text, ``45.0`` and not ``45``. Raises Refused(MALFORMED) for a
    document that is nested deeper than any of this vocabulary.
    """
    return _of_members({name: value for name, value in document.items() if name.lower() != "sign"}, 0)


def _of_members(members: Mapping[str, Any], depth: int) -> str:
    return "&".join(f"{name}={unquote_plus(_of_value(members[name], depth))}" for name in sorted(members))


def _of_value(value: Any, depth: int) -> str:
    if depth > _DEEPEST:
        raise Refused(RefusalKind.MALFORMED, "嵌套过深")
    match value:
        case None:
            return ""
        case str():
            return "" if value.isspace() else value
        case bool():
            return "true" if value else "false"
        case dict():
            return _of_members(_without_nulls(value), depth + 1)
        case list():
            return _of_elements(value, depth + 1)
        case _:
            return str(value)


def _of_elements(elements: Sequence[Any], depth: int) -> str:
    """Objects each with ``&`` in front, other elements each with ``&`` behind; one ``&`` off either end."""
    pieces = []
    for element in elements:
        if not isinstance(element, dict):
            pieces.append(f"{unquote_plus(_of_value(element, depth + 1))}&")
        elif members := _of_members(_without_nulls(element), depth + 1):
            pieces.append(f"&{members}")
    return "".join(pieces).removesuffix("&").removeprefix("&")


def _without_nulls(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
