"""What the rules propose in place of a faulty element. Offered, never applied by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chedang.records.model import Finding, RecordText
from chedang.site.shop.records.presentation import element_of
from chedang.terms import vin as vins
from chedang.terms.vin_typos import near

_CHECK_CODES: Final = frozenset({"VIN_CHECK_DIGIT", "VIN_CHECK_DIGIT_ADVISORY"})
_NAME_CODES: Final = frozenset({"NAME_MISSING", "NAME_MISMATCH", "NAME_TOO_LONG"})


def propose(text: RecordText, findings: Sequence[Finding], registered_name: str) -> dict[str, list[str]]:
    """Element → values that would fit."""
    proposals: dict[str, list[str]] = {}
    for finding in findings:
        values: tuple[str, ...] = ()
        if suggestion := finding.args.get("suggestion"):
            values = (suggestion,)
        elif finding.code in _CHECK_CODES:
            values = near(vins.normalise(text.vin))
        elif finding.code in _NAME_CODES and registered_name:
            values = (registered_name,)
        if values:
            proposals.setdefault(element_of(finding), []).extend(values)
    return proposals
