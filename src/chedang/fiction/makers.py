"""A fictional maker whose head office uploads for its dealers (总部对总部)."""

from __future__ import annotations

from random import Random

from chedang.enterprises.maker_model import Application, DealerLine
from chedang.fiction.shops import make_credit_code

_BRAND = "青禾"
PASSWORD = "demo-chedang-maker"  # noqa: S105 - of nobody, as those of the fictional shops
"""Of the upload account."""


def make_application(dealer_code: str) -> Application:
    """The application of a maker in the county of its one dealer; always the same for the same dealer."""
    return Application(
        maker_name=f"{_BRAND}（虚构）汽车有限公司",
        unified_credit_code=make_credit_code(Random(f"maker/{dealer_code}"), dealer_code[:6]),
        brands=(_BRAND,),
        dealers=(DealerLine(1, dealer_code, _BRAND),),
        password=PASSWORD,
    )
