"""What enforcement there is against one shop, for its page among the shops under supervision."""

from __future__ import annotations

from dataclasses import dataclass

from chedang.site.regulator.enforcement.presentation import CaseView, censure_view, hand_over_view, sanction_view
from chedang.supervision.models.enforcement import Censure, HandOver, Sanction


@dataclass(frozen=True, slots=True)
class Enforcement:
    """Each the newest first."""

    censures: list[CaseView]
    hand_overs: list[CaseView]
    sanctions: list[CaseView]

    @property
    def is_empty(self) -> bool:
        """Is there nothing at all?"""
        return not (self.censures or self.hand_overs or self.sanctions)


def enforcement_of_shop(company_code: str) -> Enforcement:
    """All of one shop; who asks has to be allowed to see the shop. Drawn by ``enforcement/_of_shop.html``."""
    return Enforcement(
        [censure_view(row) for row in Censure.objects.of_shop(company_code).order_by("-drafted_at", "-pk")],
        [hand_over_view(row) for row in HandOver.objects.of_shop(company_code).order_by("-handed_at", "-pk")],
        [sanction_view(row) for row in Sanction.objects.of_shop(company_code).order_by("-decided_on", "-pk")],
    )
