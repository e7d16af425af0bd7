"""Which fictional vehicles the demonstration shows."""

from __future__ import annotations

from datetime import date

from chedang.cli.seed_summary import bound_examples
from chedang.fiction.world import make_world


def test_of_the_tampered_cars_one_is_shown_whose_file_tells() -> None:
    world = make_world(33, until=date(2026, 9, 1))
    honest, tampered = bound_examples(world)
    assert not honest.vehicle.rolled_back_km
    own = [int(job.text.mileage) for job in world.jobs if job.vehicle == tampered.vehicle]
    fall = next(place for place in range(1, len(own)) if own[place] < own[place - 1])
    # More than one reading bears the fall out.
    assert len([km for km in own[fall:] if km < own[fall - 1]]) > 1
