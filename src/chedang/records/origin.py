"""Where a record came in, as people are told. Pure."""

from __future__ import annotations

from collections.abc import Callable

from chedang.terms.division import PROVINCES

LOCAL = "local"
"""``origin`` of a record that this node's own gate took in; any other is two digits of the node whose gate did."""

_MINISTRY = "00"


def is_local(origin: str) -> bool:
    """Whether it came in here: only there is it amended or voided, and only there has its shop a page."""
    return origin == LOCAL


def origin_words(origin: str, node_code: str, _: Callable[[str], str] = str) -> str:
    """``local`` → 本地上传, ``32`` → 江苏转来; at the ministry 由江苏上报. ``node_code`` is the node that shows it.

    The ministry's gate takes records of head offices only. ``_`` gives a text in the reader's language.
    """
    if origin == LOCAL:
        return _("总部上传") if node_code == _MINISTRY else _("本地上传")
    if origin == _MINISTRY:
        return _("总部上传（部级转来）")
    province = PROVINCES.get(origin)
    words = _("由%(province)s上报") if node_code == _MINISTRY else _("%(province)s转来")
    return words % {"province": province.name if province else origin}
