"""Which cases an officer or a shop may see, and at which stage an officer may act."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404

from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.reviews import corrections
from chedang.reviews.case_model import CaseKind, CaseState, NotAllowed, Party
from chedang.reviews.models.cases import Case
from chedang.site.archive.connections import archive


def cases_in_scope(officer: User) -> QuerySet[Case]:
    """Cases of shops of the officer's division."""
    found = Case.objects.filter(division_code__startswith=division_prefix(officer.division_code))
    return found.select_related("correction", "complaint")


def cases_of_shop(shop: User) -> QuerySet[Case]:
    """Cases about a shop; complaints only from when they are forwarded, an unaccepted one is none of its business."""
    unknown_to_it = Q(kind=CaseKind.COMPLAINT) & ~Q(steps__state=CaseState.FORWARDED)
    found = Case.objects.filter(company_code=shop.company_code).exclude(unknown_to_it)
    return found.select_related("correction", "complaint")


def cases_missed_by_shop(shop: User) -> QuerySet[Case]:
    """Those that went on to the authority because the shop did not answer, and are not decided yet."""
    return cases_of_shop(shop).filter(is_missed_by_shop=True, decided_at=None, closed_at=None)


def find_case(cases: QuerySet[Case], number: str, now: datetime) -> Case:
    """One of them as it stands now. Raises Http404 for an unknown one and, without a difference, for any other."""
    if not cases.filter(number=number).exists():
        raise Http404
    try:
        with archive() as connection:
            return corrections.refresh(connection, number, now=now)
    except NotAllowed:
        raise Http404 from None


def is_county(officer: User) -> bool:
    """Answers for one county; else for a prefecture, a province or the country."""
    return not officer.division_code.endswith("00")


def party_of(officer: User, case: Case) -> Party:
    """As what the officer acts in this case: a higher authority may act for the one below, never the other way."""
    if case.kind == CaseKind.COMPLAINT or case.state == CaseState.WITH_COUNTY:
        return Party.COUNTY
    return Party.NOBODY if is_county(officer) else Party.CITY


def waiting_for(officer: User) -> Q:
    """What this officer has to deal with now."""
    if is_county(officer):
        return Q(holder=Party.COUNTY)
    # A shop may be registered with the prefecture itself: nobody is below then.
    return Q(holder=Party.CITY) | Q(holder=Party.COUNTY, division_code=officer.division_code)
