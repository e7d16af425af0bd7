"""The whole network in a day of misfortune: every file equal, nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from chedang.cli.simulate import MISFORTUNES
from chedang.fiction.network.nation import Nation, Plan

NODES = ("00", "32", "33", "65", "66")


@pytest.fixture
def databases(make_database: Callable[[], AbstractContextManager[str]]) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        yield {code: stack.enter_context(make_database()) for code in NODES}


@pytest.mark.parametrize("seed", [2])
def test_a_day_of_kills_and_cut_lines_leaves_every_file_equal(
    seed: int, databases: dict[str, str], tmp_path: Path
) -> None:
    plan = Plan(hours=12, tick_minutes=20, uploads_per_tick=4, steps_per_tick=14, vehicles=25, kill_share=0.006)
    outcome = Nation(seed, databases, tmp_path / "data", plan).run()
    assert outcome.complaints == [], outcome
    assert outcome.differences == 0, outcome
    assert outcome.misfortunes["killed after a statement"] > 0, outcome
    assert outcome.misfortunes["line cut"] > 0, outcome
    assert outcome.misfortunes.keys() <= MISFORTUNES.keys()


def test_a_month_without_the_ministry_is_caught_up(databases: dict[str, str], tmp_path: Path) -> None:
    month = 24 * 30.0
    plan = Plan(
        hours=month + 48,
        tick_minutes=720,
        uploads_per_tick=6,
        steps_per_tick=10,
        vehicles=25,
        absent_from_hour=24,
        absent_hours=month,
    )
    outcome = Nation(3, databases, tmp_path / "data", plan).run()
    assert outcome.complaints == [], outcome
    assert outcome.differences == 0, outcome
