"""What waits for the number of a person who has just come to the own cars."""

from __future__ import annotations

from datetime import datetime

from chedang.access.models import User
from chedang.access.phones import number_of
from chedang.owners import consents, fleets


def take_what_was_promised(user: User, *, now: datetime) -> None:
    """Make consents and memberships that name this person's number real."""
    if number := number_of(user):
        consents.take_invitations(user, number, now=now)
        fleets.take_memberships(user, number, now=now)
