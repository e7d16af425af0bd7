"""How well odometer verdicts tell roll-backs, slips and honest histories apart, by kind, on fictional histories.

What is findable is defined before anything is judged. A *fall* is findable when two readings or more, of different
days, before it stand above two after it, so that no single wrong reading explains it; falls with one reading after
them, and those that the driving since has hidden, are counted apart: they need not be called illogical.
A *slip* is findable when the reading does not fit between its true neighbours. The judge was
made while looking at seeds below 200; the figures are of others.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from random import Random
from uuid import UUID

from chedang.fiction.odometer import SLIPS, History, Shown, Story, make_history
from chedang.records.limits import load_limits
from chedang.vehicles.model import OdometerReading, OdometerState, OdometerVerdict
from chedang.vehicles.odometer import judge_odometer

SEEDS = (201, 202, 203)
_VEHICLES_PER_SEED = 10_000
# One car in two is honest; the others are enough of each kind to count.
_WEIGHTS = {Story.HONEST: 0.5, Story.ROLLED_BACK: 0.2, Story.REPLACED: 0.04} | {
    slip: 0.26 / len(SLIPS) for slip in SLIPS
}
_LIMITS = load_limits().odometer


@dataclass
class Score:
    """Counts over many histories."""

    vehicles: Counter[Story] = field(default_factory=Counter)
    states: Counter[tuple[Story, OdometerState]] = field(default_factory=Counter)
    findable: Counter[Story] = field(default_factory=Counter)
    found: Counter[Story] = field(default_factory=Counter)
    """Findable falls called illogical between the right days; findable slips whose reading is marked."""
    early: Counter[OdometerState] = field(default_factory=Counter)
    """States of falls that the only reading after them shows."""
    hidden: Counter[OdometerState] = field(default_factory=Counter)
    """States of falls with more readings after them that are not findable: one reading could explain them, or none
    shows them."""
    marked: int = 0
    """Readings of slip histories and honest ones that were marked."""
    rightly_marked: int = 0
    named: Counter[Story] = field(default_factory=Counter)
    """Findable slips named as the likely slip."""
    wrongly_named: int = 0
    proposed: Counter[Story] = field(default_factory=Counter)
    """Slips rightly named for which a value was proposed."""
    rightly_proposed: Counter[Story] = field(default_factory=Counter)
    """To the kilometre."""
    nearly_proposed: Counter[Story] = field(default_factory=Counter)
    """To a hundred kilometres: a digit left out cannot be known better."""

    @property
    def illogical_precision(self) -> float:
        """Of those called illogical, how many were rolled back."""
        called = sum(count for (_story, state), count in self.states.items() if state is OdometerState.ILLOGICAL)
        return self.states[Story.ROLLED_BACK, OdometerState.ILLOGICAL] / called

    @property
    def illogical_recall(self) -> float:
        return self.found[Story.ROLLED_BACK] / self.findable[Story.ROLLED_BACK]

    @property
    def marking_precision(self) -> float:
        return self.rightly_marked / self.marked

    @property
    def marking_recall(self) -> float:
        return sum(self.found[slip] for slip in SLIPS) / sum(self.findable[slip] for slip in SLIPS)

    @property
    def naming_precision(self) -> float:
        named = sum(self.named.values())
        return named / (named + self.wrongly_named)

    @property
    def false_alarms(self) -> int:
        """Honest histories not called reasonable, beside those too short to be judged."""
        return self.vehicles[Story.HONEST] - self.states[Story.HONEST, OdometerState.REASONABLE]


def measure(seed: int, vehicles: int) -> Score:
    """Judge so many fictional vehicles; the readings arrive in any order."""
    random = Random(seed)
    score = Score()
    for story in random.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=vehicles):
        history = make_history(random, story)
        readings = [
            OdometerReading(UUID(int=place), shown.on, shown.mileage_km, shown.notes_replacement)
            for place, shown in enumerate(history.readings)
        ]
        random.shuffle(readings)
        _count(score, history, judge_odometer(readings, _LIMITS))
    return score


def _count(score: Score, history: History, verdict: OdometerVerdict) -> None:
    story = history.story
    score.vehicles[story] += 1
    score.states[story, verdict.state] += 1
    if story is Story.ROLLED_BACK:
        _count_fall(score, history, verdict)
    elif story is not Story.REPLACED:
        _count_slip(score, history, verdict)


def _count_fall(score: Score, history: History, verdict: OdometerVerdict) -> None:
    place = history.place or 0
    before, after = history.readings[:place], history.readings[place:]
    if (
        len({shown.on for shown in after}) == 1
        and before[-1].mileage_km > after[0].mileage_km + _LIMITS.fall_tolerance_km
    ):
        score.early[verdict.state] += 1
    elif _is_shown_twice(before, after):
        score.findable[Story.ROLLED_BACK] += 1
        score.found[Story.ROLLED_BACK] += verdict.state is OdometerState.ILLOGICAL
    else:
        score.hidden[verdict.state] += 1


def _is_shown_twice(before: Sequence[Shown], after: Sequence[Shown]) -> bool:
    """Do two readings of different days before the fall stand above two of different days after it, one each?"""
    falls = [
        (early, late)
        for early in before
        for late in after
        if early.on < late.on and early.mileage_km > late.mileage_km + _LIMITS.fall_tolerance_km
    ]
    return any(one[0].on != other[0].on and one[1].on != other[1].on for one, other in combinations(falls, 2))


def _count_slip(score: Score, history: History, verdict: OdometerVerdict) -> None:
    story, place = history.story, history.place
    wrong = None if place is None else UUID(int=place)
    score.marked += len(verdict.doubtful)
    score.rightly_marked += wrong in verdict.doubtful
    typos = [conflict.likely_typo for conflict in verdict.conflicts if conflict.likely_typo is not None]
    score.wrongly_named += sum(typo.record_id != wrong for typo in typos)
    if place is None or not _is_findable(history, place):
        return
    score.findable[story] += 1
    score.found[story] += wrong in verdict.doubtful
    for typo in typos:
        if typo.record_id == wrong:
            score.named[story] += 1
            if typo.proposed_km is not None:
                error_km = abs(typo.proposed_km - history.true_km[place])
                score.proposed[story] += 1
                score.rightly_proposed[story] += error_km <= 1
                score.nearly_proposed[story] += error_km <= 100


def _is_findable(history: History, place: int) -> bool:
    """Does the slip contradict a true neighbour by more than rounding?"""
    shown = history.readings
    km, on = shown[place].mileage_km, shown[place].on
    earlier = [each for each in shown[:place] if each.on < on][-1:]
    later = [each for each in shown[place + 1 :] if each.on > on][:1]
    return any(
        km < each.mileage_km - 100 or km - each.mileage_km > 2_000 * (on - each.on).days for each in earlier
    ) or any(each.mileage_km < km - 100 or each.mileage_km - km > 2_000 * (each.on - on).days for each in later)


def main() -> None:
    for seed in SEEDS:
        began = time.perf_counter()
        score = measure(seed, _VEHICLES_PER_SEED)
        _print(seed, score, time.perf_counter() - began)
    _print_time()


def _print(seed: int, score: Score, seconds: float) -> None:
    print(f"  seed {seed}: {sum(score.vehicles.values()):,} vehicles made and judged in {seconds:.1f} s")
    falls = score.findable[Story.ROLLED_BACK]
    print(
        f"    illogical: precision {score.illogical_precision:.4f}, recall {score.illogical_recall:.4f}"
        f" of {falls:,} findable falls; honest histories with a false alarm: {score.false_alarms}"
        f" of {score.vehicles[Story.HONEST]:,}"
    )
    print(f"    falls with one reading after them that shows them: {_shares(score.early)}")
    print(f"    falls that one reading explains, or that driving has hidden: {_shares(score.hidden)}")
    print(
        f"    slips: marked with precision {score.marking_precision:.4f}, recall {score.marking_recall:.4f};"
        f" named with precision {score.naming_precision:.4f}"
    )
    for story in (*SLIPS, Story.REPLACED, Story.ROLLED_BACK, Story.HONEST):
        states = _shares(Counter({state: score.states[story, state] for state in OdometerState}))
        line = f"      {story.value:20} {states}"
        if findable := score.findable[story]:
            line += f"; findable {findable:,}, marked {score.found[story] / findable:.3f}"
        if story in SLIPS and findable:
            proposed = max(score.proposed[story], 1)
            line += (
                f", named {score.named[story] / findable:.3f}; values proposed {score.proposed[story]:,}:"
                f" right {score.rightly_proposed[story] / proposed:.3f},"
                f" to 100 km {score.nearly_proposed[story] / proposed:.3f}"
            )
        print(line)


def _shares(states: Counter[OdometerState]) -> str:
    total = max(sum(states.values()), 1)
    return f"{sum(states.values()):,}: " + ", ".join(
        f"{state.value} {states[state] / total:.3f}" for state in OdometerState
    )


def _print_time() -> None:
    for label, readings in _long_files().items():
        times = []
        for _round in range(20):
            began = time.perf_counter()
            judge_odometer(readings, _LIMITS)
            times.append(time.perf_counter() - began)
        print(f"  {len(readings)} readings, {label}: {sorted(times)[10] * 1000:.1f} ms")


def _long_files() -> dict[str, Sequence[OdometerReading]]:
    """Files of as many readings as are judged, two weeks apart."""
    random = Random(7)
    honest = [3_000 * place + 500 for place in range(_LIMITS.most_readings)]
    return {
        "honest": _file(honest),
        "with slips": _file([km * (10 if random.random() < 0.03 else 1) for km in honest]),
        "rolled back": _file([km - 200_000 if km > 300_000 else km for km in honest]),
        "nothing but chance": _file([random.randrange(500_000) for _ in honest]),
    }


def _file(readings_km: Sequence[int]) -> list[OdometerReading]:
    first = date(2018, 1, 1)
    return [
        OdometerReading(UUID(int=place), first + timedelta(days=14 * place), Decimal(km))
        for place, km in enumerate(readings_km)
    ]


if __name__ == "__main__":
    print("Odometer verdicts (bench/odometer.py)")
    main()
