"""A published grade reaches the public: the shop's page, the search and the list of filed shops show it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.utils import timezone

from chedang.enterprises.profiles import hold_profile, keep_profile
from chedang.site.archive.connections import archive
from chedang.supervision.models.credit_review import CreditReview


def tell_public(published: Sequence[CreditReview]) -> None:
    """Write the grades into the shops' profiles, all or none. A grade of an older year replaces no newer one."""
    now = timezone.now()
    with archive() as connection:
        for review in published:
            profile = hold_profile(connection, review.company_code)
            if profile.credit_year is None or profile.credit_year <= review.year:
                told = msgspec.structs.replace(profile, credit_grade=review.grade, credit_year=review.year)
                keep_profile(connection, told, by=review.authority, now=now)
