"""Django's models of the package, one module per matter."""

from __future__ import annotations

from chedang.reviews.models.cases import Case, CasePhoto, CaseSerial, CaseStep
from chedang.reviews.models.complaints import Complaint
from chedang.reviews.models.corrections import Correction
from chedang.reviews.models.ratings import Appeal, Remark, Review, ShopSums

__all__ = [
    "Appeal",
    "Case",
    "CasePhoto",
    "CaseSerial",
    "CaseStep",
    "Complaint",
    "Correction",
    "Remark",
    "Review",
    "ShopSums",
]
