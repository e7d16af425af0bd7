"""Figures as the pages show them."""

from __future__ import annotations

from decimal import Decimal


def number(value: Decimal | int | None) -> str:
    """Thousands separated, without needless zeros: ``48210.0`` → ``48,210``; an en dash for nothing."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
