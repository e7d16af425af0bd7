"""Every reason and every slip has its sentence in both languages, and stands in the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from chedang.vehicles.model import OdometerReason, TypoKind
from chedang.vehicles.odometer_words import REASON_WORDS, TYPO_WORDS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "explanation" / "odometer.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("reason", OdometerReason)
def test_every_reason_is_documented_with_its_sentences(reason: OdometerReason) -> None:
    chinese, english = REASON_WORDS[reason]

    assert f"| `{reason.value}` |" in DOCUMENT
    assert chinese in DOCUMENT
    assert english in DOCUMENT


@pytest.mark.parametrize("kind", TypoKind)
def test_every_slip_is_documented_with_its_words(kind: TypoKind) -> None:
    chinese, english = TYPO_WORDS[kind]

    assert f"| `{kind.value}` | {chinese}<br>{english} |" in DOCUMENT
