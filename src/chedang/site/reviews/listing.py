"""Lists of one shop's reviews, in an order that tells no day."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models.functions import TruncQuarter

from chedang.reviews.models.ratings import Review, ReviewQuerySet
from chedang.site.reviews.presentation import day_of

_A_PAGE: Final = 20


def in_order(reviews: ReviewQuerySet) -> ReviewQuerySet:
    """The newest quarter first; within a quarter by their random names."""
    quarters = reviews.annotate(quarter=TruncQuarter("written_at"))
    return quarters.order_by("-quarter", "public_id").select_related("appeal").prefetch_related("remarks")


def one_page(reviews: ReviewQuerySet, number: str | None) -> Page:
    """Twenty of them."""
    return Paginator(reviews, _A_PAGE).get_page(number)


def days_of(company_code: str) -> list[date]:
    """Days of all reviews of a shop that were not withdrawn, a day as often as it was written on."""
    written = Review.objects.filter(company_code=company_code, withdrawn_at=None).values_list("written_at", flat=True)
    return [day_of(at) for at in written]
