"""手机号码: Chinese mobile numbers, eleven digits after the country's +86 (form: ours, from numbers in use).

A phone number is personal data: never log one, show :func:`mask` where the whole is not needed.
"""

from __future__ import annotations

import re
from typing import Final

from chedang.terms.text import clean

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_DROPPED: Final = str.maketrans("", "", " -_.·()‐‑–—")
_COUNTRY: Final = re.compile(r"(?:\+|00)?86(?=1[3-9][0-9]{9}$)")
_LONGEST_TEXT: Final = 40


def normalise(text: str) -> str:
    """The number as it is stored and compared: eleven digits where it is a mobile number.

    Full-width characters become half-width; blanks, dashes, dots and brackets go, and so does the country's code
    (``+86``, ``0086``, ``86``) before a mobile number. Idempotent. Anything else comes back without its separators.
    """
    return _COUNTRY.sub("", clean(text[:_LONGEST_TEXT]).translate(_DROPPED), count=1)


def is_mobile(number: str) -> bool:
    """Is the normalised ``number`` a mobile number of the mainland? Whether anybody has it is not known here."""
    return _MOBILE.fullmatch(number) is not None


def international(number: str) -> str:
    """A mobile number as machines abroad and gateways want it (E.164): ``+8614200000001``."""
    return f"+86{number}"


def mask(number: str) -> str:
    """Show the first three and last four digits, ``142****0001``; of anything shorter nothing."""
    if len(number) < 11:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]
