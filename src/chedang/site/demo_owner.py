"""The owner of a demonstration: an account with a fictional phone and cars. Never for a node with real records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chedang.site.databases import named_database


def ensure_demo_owner(database_url: str, number: str, cars: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """Make sure that ``demo-owner`` has this mobile number and these cars (VIN, plate), as far as nobody else has them.

    Safe to repeat. The account must be there; the node is that of this environment.
    """
    with named_database(database_url, "default"):
        from chedang.access.models import User
        from chedang.access.phones import NumberTaken, find_user_by_phone, number_of, set_phone
        from chedang.owners.binding import bind_own_car
        from chedang.owners.model import Proof

        owner = User.objects.get(username="demo-owner")
        if number_of(owner) != number:
            try:
                set_phone(owner, number, now=now)
            except NumberTaken:  # somebody signed in with it before: the cars go to whoever has it
                owner = find_user_by_phone(number) or owner
        for vin, plate_number in cars:
            bind_own_car(owner, vin, plate_number, Proof.CLAIM_CODE, now=now)
