"""Pages about one car of the signed-in person."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from chedang.access.model import Purpose, Role
from chedang.owners.access import may_read
from chedang.owners.model import Access, Kind
from chedang.site.guards import for_roles, person

Page = Callable[..., HttpResponse]


def for_car(page: Page) -> Page:
    """Open a page to an owner for a car of the address ``car_id``; for any other the same page says that it is none."""

    @wraps(page)
    @for_roles(Role.OWNER)
    def found(request: HttpRequest, /, car_id: str, *args: object, **kwargs: object) -> HttpResponse:
        access = may_read(person(request), car_id, now=timezone.now())
        if access is None:
            return render(request, "owner/no_such_car.html", status=404)
        return page(request, access, *args, **kwargs)

    return found


def for_own_car(page: Page) -> Page:
    """The same, for what only the owner may do: people who see the car by consent are told so."""

    @wraps(page)
    def owned(request: HttpRequest, access: Access, *args: object, **kwargs: object) -> HttpResponse:
        if not access.is_owner:
            raise PermissionDenied(_("这件事只有车主本人能办。"))
        return page(request, access, *args, **kwargs)

    return for_car(owned)


def purpose_of(access: Access) -> Purpose:
    """With what right the person looks."""
    return Purpose.BY_CONSENT if access.kind is Kind.CONSENT else Purpose.OWN_VEHICLE
