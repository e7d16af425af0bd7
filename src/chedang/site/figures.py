"""Figures as the pages show them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.formats import date_format


def number(value: Decimal | int | None) -> str:
    """Thousands separated, without needless zeros: ``48210.0`` → ``48,210``; an en dash for nothing."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_text(typed: str) -> str:
    """A day as a form sends it (2026-11-23) in words; what is none stays as it was typed."""
    try:
        return date_format(date.fromisoformat(typed), "DATE_FORMAT")
    except ValueError:
        return typed
