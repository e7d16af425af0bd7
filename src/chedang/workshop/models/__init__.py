"""Django's models of the package, one module per matter."""

from __future__ import annotations

from chedang.workshop.models.completion import CompletionCertificate, NumberGrant, SerialOfYear

__all__ = [
    "CompletionCertificate",
    "NumberGrant",
    "SerialOfYear",
]
