"""The division an officer answers for. Every query of these pages goes through it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from chedang.access.models import User
from chedang.access.rules import division_prefix, is_in_scope
from chedang.enterprises import store as enterprises
from chedang.enterprises.model import Enterprise, Source
from chedang.site.archive.connections import archive
from chedang.site.archive.models import Enterprise as EnterpriseRow


def enterprises_in_scope(officer: User) -> QuerySet[EnterpriseRow]:
    """Enterprises of the officer's division, the longest waiting first; the accounts of makers are none."""
    found = EnterpriseRow.objects.filter(division_code__startswith=division_prefix(officer.division_code))
    return found.exclude(source=Source.MAKER).order_by("created_at", "company_code")


def enterprise_in_scope(officer: User, company_code: str) -> Enterprise:
    """One enterprise. Raises Http404 for an unknown one and, without a difference, for one of another division."""
    if "\0" in company_code:  # a form with files may hold one, and no code does
        raise Http404
    with archive() as connection:
        enterprise = enterprises.find_by_code(connection, company_code)
    if (
        enterprise is None
        or enterprise.source is Source.MAKER
        or not is_in_scope(enterprise.division_code, officer.division_code)
    ):
        raise Http404
    return enterprise
