"""A small fictional province binds its cars: nearly all without an officer, and none to the wrong person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psycopg
from bench.bindings import bind_everybody, open_desk, store_world
from django.db import transaction

from chedang.fiction.world import make_world
from chedang.terms.dates import SHANGHAI


def test_most_owners_are_bound_at_once_and_nobody_gets_anothers_car(django_database: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    world = make_world(5, until=now.astimezone(SHANGHAI).date(), shops=8, vehicles=120, years=1)
    with psycopg.connect(django_database) as connection, open_desk(connection, tmp_path) as desk, transaction.atomic():
        outcome = bind_everybody(desk, store_world(connection, world), seed=5, now=now)
    assert outcome.owners > 100
    assert outcome.intruders > 10
    assert outcome.wrong == 0
    assert outcome.share >= 0.93, outcome
