"""What a shop adds to its records, for pages of shops, officers and owners: 说明 beside findings, 合格证."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from chedang.records.model import Finding
from chedang.workshop.completion import of_records
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


def papers_beside(record_ids: Iterable[UUID]) -> Mapping[UUID, str]:
    """Record → number of the 合格证 that stands; records without one are absent."""
    wanted = list(record_ids)
    return {paper.record_id: paper.number for paper in of_records(wanted)} if wanted else {}
