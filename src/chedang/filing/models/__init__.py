"""Django's models of the package, one module per matter."""

from __future__ import annotations
