"""Django's models of the package, one module per matter."""

from __future__ import annotations

from chedang.workshop.models.completion import CompletionCertificate, NumberGrant, SerialOfYear
from chedang.workshop.models.explanations import Explanation

__all__ = [
    "CompletionCertificate",
    "Explanation",
    "NumberGrant",
    "SerialOfYear",
]
