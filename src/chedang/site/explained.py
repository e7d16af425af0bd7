"""说明 beside findings: what a shop says of its records, for pages of shops, officers and owners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from chedang.records.model import Finding
from chedang.workshop.explanations import said_of, standing

Explained = Mapping[UUID, Mapping[str, str]]
"""Record → code of a finding → the shop's sentence."""


def explained_beside(records: Iterable[tuple[UUID, Sequence[Finding]]]) -> Explained:
    """The sentences that stand beside these records in their newest versions; records without any are absent."""
    findings = {record_id: found for record_id, found in records if found}
    said = said_of(findings) if findings else {}
    return {
        record_id: {code: each.text for code, each in standing(by_code, findings[record_id]).items()}
        for record_id, by_code in said.items()
    }
