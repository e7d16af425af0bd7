"""Papers and records as the pages show them."""

from __future__ import annotations

from typing import Any

from chedang.records.model import StoredVersion
from chedang.site.shop.certificates.words import KINDS
from chedang.workshop.completion import read_content
from chedang.workshop.completion_model import CompletionKind, kind_of
from chedang.workshop.models import CompletionCertificate


def paper_view(paper: CompletionCertificate) -> dict[str, Any]:
    """One paper, with what it says."""
    return {"row": paper, "content": read_content(paper), "kind": KINDS[CompletionKind(paper.kind)]}


def record_view(record: StoredVersion) -> dict[str, Any]:
    """A record that needs a paper, with the kind its items tell."""
    kind = kind_of(record.text)
    return {
        "record": record,
        "kind": KINDS[kind] if kind else "",
        "items": [each.name for each in record.text.projects],
    }
