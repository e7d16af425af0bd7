"""Django's models of the package, one module per matter."""

from __future__ import annotations

from chedang.workshop.models.completion import CompletionCertificate, NumberGrant, SerialOfYear
from chedang.workshop.models.drafts import Draft
from chedang.workshop.models.explanations import Explanation
from chedang.workshop.models.numbers import NumberSerial
from chedang.workshop.models.orders import Order, OrderStep, OrderVersion, Settlement, ShopTerms
from chedang.workshop.models.sending import Sending

__all__ = [
    "CompletionCertificate",
    "Draft",
    "Explanation",
    "NumberGrant",
    "NumberSerial",
    "Order",
    "OrderStep",
    "OrderVersion",
    "Sending",
    "SerialOfYear",
    "Settlement",
    "ShopTerms",
]
