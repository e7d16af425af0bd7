"""One's own car's file as the person may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chedang.owners.access import owner_binding
from chedang.owners.model import Access, Scope
from chedang.site.vehicle.reading import ReadVehicle, read_vehicle
from chedang.vehicles.model import VehicleFile
from chedang.vehicles.views import FileView, View, mask_hidden_texts

_VIEWS = {Scope.FULL: View.OWNER, Scope.BUYER: View.BUYER, Scope.VERDICT: View.VERDICT}


@dataclass(frozen=True, slots=True)
class ReadCar:
    """A car's file as the view that may be shown, and for what is reckoned from it."""

    read: ReadVehicle
    view: FileView
    file: VehicleFile
    """To reckon warranty and services from: whole but for texts that would name what the view hides by a transfer."""


def view_of(access: Access) -> View:
    """The owner sees the owner's view, others what the owner agreed to."""
    return View.OWNER if access.is_owner else _VIEWS[access.scope]


def read_car(access: Access, *, now: datetime) -> ReadCar:
    """Read and redact. Writes nothing down: whoever shows it does that first."""
    hidden_before = access.shops_hidden_before
    if not access.is_owner and (owner := owner_binding(access.vin, now=now)) is not None:
        # Nobody lets others see what is hidden from oneself.
        days = [day for day in (hidden_before, owner.shops_hidden_before_on) if day is not None]
        hidden_before = max(days, default=None)
    read = read_vehicle(access.vin)
    return ReadCar(
        read=read,
        view=read.view(view_of(access), shops_hidden_before=hidden_before),
        file=mask_hidden_texts(read.file, companies=read.companies, shops_hidden_before=hidden_before),
    )
