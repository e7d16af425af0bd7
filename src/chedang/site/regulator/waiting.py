"""What owners and shops wait for from an officer; each count is that of the list it opens."""

from __future__ import annotations

from chedang.access.models import User
from chedang.owners.requests import requests_in_scope
from chedang.site.cases.scope import cases_in_scope, waiting_for
from chedang.site.regulator.duties import duties_waiting
from chedang.site.regulator.filings import count_changes
from chedang.site.reviews.officer import waiting_reviews


def count_waiting(officer: User) -> dict[str, int]:
    """Requests to bind, cases that are at this level, appeals against reviews, orders, changes of filings."""
    return {
        "bindings": requests_in_scope(officer).waiting().count(),
        "cases": cases_in_scope(officer).filter(waiting_for(officer)).count(),
        "reviews": waiting_reviews(officer)["appeals"].count(),
        "duties": duties_waiting(officer).count(),
        "changes": count_changes(officer),
    }
