"""Django's models of the package, one module per matter."""

from __future__ import annotations

from chedang.reviews.models.ratings import Appeal, Remark, Review, ShopSums

__all__ = ["Appeal", "Remark", "Review", "ShopSums"]
