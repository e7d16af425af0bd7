"""Share codes as people type and paste them. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

CODE_LENGTH: Final = 16
"""78 random bits."""
_LONGEST_TYPED: Final = 200


def read_code(typed: str) -> str:
    """A code from what a person typed or pasted, whole link or not: letters and digits only, in capitals.

    Never refuses: what is no code has a digest that no share has.
    """
    text = unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED]).strip().rstrip("/")
    return re.sub(r"[^0-9A-Z]", "", text.rpartition("/")[2].upper())
