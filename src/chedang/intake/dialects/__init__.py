"""One module per wire vocabulary: pure ``parse_…`` and ``answer``. Nowhere else is there an ``if`` on a dialect."""

from __future__ import annotations

from typing import Final

from chedang.intake.dialect import Dialect
from chedang.intake.dialects import ashx, carhealth, carlife, lciphostrest, lcippro, lciprest, openapi

DIALECTS: Final[tuple[Dialect, ...]] = (
    lcippro.DIALECT,
    lciprest.DIALECT,
    lciphostrest.DIALECT,
    ashx.DIALECT,
    carhealth.DIALECT,
    openapi.DIALECT,
    carlife.DIALECT,
)  # fmt: skip
"""All vocabularies this node can serve; a new one is its module and its line here."""
