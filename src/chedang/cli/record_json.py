"""Records as JSON for other programs: the 13 elements flat under their wire names, values as received."""

from __future__ import annotations

from typing import Any

import msgspec

from chedang.records.catalogue import describe
from chedang.records.model import Finding, StoredVersion
from chedang.records.origin import origin_words
from chedang.terms.dates import SHANGHAI


def version_object(version: StoredVersion, node_code: str) -> dict[str, Any]:
    """One version of a record, with what the rules found and where it came from, as the node of the code sees it."""
    elements: dict[str, Any] = msgspec.to_builtins(version.text)
    return elements | {
        "recordid": version.record_id.hex,
        "version": version.version,
        "state": version.state.value,
        "companycode": version.company_code,
        "filevin": None if version.vin.startswith("~") else version.vin,
        "receivedat": version.received_at.astimezone(SHANGHAI).isoformat(),
        "origin": version.origin,
        "originname": origin_words(version.origin, node_code),
        "dialect": version.dialect,
        "actor": version.actor,
        "reason": version.reason,
        "findings": [_finding_object(finding) for finding in version.findings],
    }


def _finding_object(finding: Finding) -> dict[str, str]:
    described = describe(finding)
    return {
        "code": finding.code,
        "level": finding.level.value,
        "field": finding.field,
        "text": described.text,
        "hint": described.hint,
    }
