"""里程判断: do the odometer readings of one vehicle fit together? Pure (ours, ADR 0027).

The simplest story of all readings is believed (:mod:`chedang.vehicles.odometer_runs`). Only a break with two readings
or more on both sides is called illogical; a single reading that does not fit is a doubt about that record, and the
verdict on the others stands as long as it cannot be the trace of a rollback.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from statistics import median

from chedang.records.limits import OdometerLimits
from chedang.vehicles.model import (
    ConflictKind,
    OdometerConflict,
    OdometerReading,
    OdometerReason,
    OdometerState,
    OdometerVerdict,
    Typo,
)
from chedang.vehicles.odometer_runs import Break, Point, Reach, Story, find_story
from chedang.vehicles.odometer_typos import REPEATED, Explanation, Window, explain
from chedang.vehicles.odometer_words import say_verdict

Glance = tuple[OdometerReading, ...]
"""Readings of one day that say the same: seen once, or copied; they do not bear each other out."""

# A reading that its vehicle would have reached by driving no faster than this many times its pace may be true.
_MOST_PACES = 3
# Metres a day: where the readings span too short a time to know better, and of a vehicle that hardly moves.
_USUAL_PACE, _LEAST_PACE = 40_000.0, 5_000.0
_SHORT_DAYS = 30
_ENOUGH_PACES = 3
# Metres a day that no taxi in two shifts drives for long.
_TAXI_PACE = 500_000
# From what weight on an explanation is believed of a reading that could be the trace of a fall.
_CLEAR_WEIGHT = -2.5
# Taken off the cost of a stray that a slip explains, at most: two such cost less than a break.
_MOST_DISCOUNT = 10


def judge_odometer(readings: Iterable[OdometerReading], limits: OdometerLimits) -> OdometerVerdict:
    """Judge the readings of one vehicle, in any order. Fewer than two are not judged."""
    # Readings of one day have no order among them: the smaller comes first.
    ordered = sorted(readings, key=lambda reading: (reading.on, reading.mileage_km, reading.record_id))
    judged = tuple(ordered[-limits.most_readings :])
    if len(judged) < 2:
        return _verdict(judged, [], {OdometerReason.TOO_FEW})
    case = _Case(list(_glances(judged, limits)), limits)
    return _verdict(judged, case.conflicts, case.reasons, case.doubtful)


def _glances(ordered: Sequence[OdometerReading], limits: OdometerLimits) -> Iterator[Glance]:
    """In the order of time. Readings of one day too far apart to be driven go on from the one before them."""
    before_km: Decimal | None = None
    for _day, of_day in groupby(ordered, key=lambda reading: reading.on):
        day = [tuple(group) for _km, group in groupby(of_day, key=lambda reading: reading.mileage_km)]
        least_km, most_km = day[0][0].mileage_km, day[-1][0].mileage_km
        is_wide = most_km - least_km > limits.most_km_per_day
        if is_wide and before_km is not None and abs(most_km - before_km) < abs(least_km - before_km):
            day.reverse()
        yield from day
        before_km = day[-1][0].mileage_km


_STATES = {
    OdometerReason.FALL: OdometerState.ILLOGICAL,
    OdometerReason.TOO_FAST: OdometerState.ILLOGICAL,
    OdometerReason.FALL_NOT_BORNE_OUT: OdometerState.NOT_JUDGED,
    OdometerReason.CONTRADICTION: OdometerState.NOT_JUDGED,
    OdometerReason.TOO_FEW: OdometerState.NOT_JUDGED,
    OdometerReason.REPLACED: OdometerState.REASONABLE,
    OdometerReason.TYPO: OdometerState.REASONABLE,
    OdometerReason.STRAY: OdometerState.REASONABLE,
    OdometerReason.FITS: OdometerState.REASONABLE,
}
"""State by reason; of several reasons the one that stands first here decides."""

_Found = tuple[OdometerReason, OdometerConflict]


def _verdict(
    readings: tuple[OdometerReading, ...],
    conflicts: Sequence[_Found],
    reasons: set[OdometerReason],
    doubtful: Iterable[OdometerReading] = (),
) -> OdometerVerdict:
    order = tuple(_STATES)
    ranked = tuple(sorted(reasons, key=order.index))
    shown = [conflict for _reason, conflict in sorted(conflicts, key=lambda found: order.index(found[0]))]
    state = _STATES[ranked[0]]
    marked = frozenset(reading.record_id for reading in doubtful)
    sentence, sentence_en = say_verdict(ranked, readings, shown, marked)
    return OdometerVerdict(state, sentence, sentence_en, readings, tuple(shown), marked, ranked)


class _Case:
    """One vehicle's glances, what does not fit among them, and why."""

    def __init__(self, glances: Sequence[Glance], limits: OdometerLimits) -> None:
        self._glances = glances
        self._limits = limits
        self._reach = Reach(limits.fall_tolerance_km * 1000, limits.most_km_per_day * 1000)
        self._points = [_point(glance) for glance in glances]
        self.conflicts: list[_Found] = []
        self.reasons: set[OdometerReason] = set()
        self._doubtful: set[int] = set()
        if all(self._reach.fits(earlier, later) for earlier, later in pairwise(self._points)):
            self.reasons.add(OdometerReason.FITS)
            return
        self._pace = self._find_pace()
        story = find_story(self._points, self._reach, self._discount)
        if story is None:
            self._note_contradiction(range(len(glances)))
        else:
            self._read(story)

    @property
    def doubtful(self) -> list[OdometerReading]:
        return [reading for place in sorted(self._doubtful) for reading in self._glances[place]]

    def _read(self, story: Story) -> None:
        for each in story.breaks:
            self._note_break(each)
        self._note_contradiction(sorted(story.uncertain))
        for place in sorted(story.strays - story.uncertain):
            self._note_stray(place, story)

    def _note_break(self, found: Break) -> None:
        if found.is_replaced:
            self.reasons.add(OdometerReason.REPLACED)
            return
        conflict = self._conflict(found.before, found.after)
        reason = OdometerReason.FALL if conflict.kind is ConflictKind.FALL else OdometerReason.TOO_FAST
        self._note(reason, conflict, found.before, found.after)

    def _note_contradiction(self, places: Iterable[int]) -> None:
        """Nothing tells which of these readings is wrong."""
        self._doubtful.update(places)
        for early, late in pairwise(sorted(places)):
            if not self._reach.fits(self._points[early], self._points[late]):
                self._note(OdometerReason.CONTRADICTION, self._conflict(early, late), early, late)
        if places:
            self.reasons.add(OdometerReason.CONTRADICTION)

    def _note_stray(self, place: int, story: Story) -> None:
        before = max((kept for kept in story.kept if kept < place), default=None)
        after = min((kept for kept in story.kept if kept > place), default=None)
        explained = explain(self._glances[place][0], self._window(before, place, after))
        typo = explained.typo if explained is not None else None
        if after is not None and not self._reach.fits(self._points[place], self._points[after]):
            conflict = self._conflict(place, after, typo)
        elif before is not None:
            conflict = self._conflict(before, place, typo)
        else:
            conflict = self._conflict(place, place + 1, typo)
        self._note(self._weigh(before, place, after, explained), conflict, place)

    def _weigh(
        self, before: int | None, place: int, after: int | None, explained: Explanation | None
    ) -> OdometerReason:
        """What a single reading that does not fit says of the others: can it be the trace of a fall?"""
        if self._may_be_trace(before, place, after):
            is_clear = explained is not None and (
                explained.weight >= _CLEAR_WEIGHT or self._is_driven_too_fast(before, place)
            )
            return OdometerReason.TYPO if is_clear and after is not None else OdometerReason.FALL_NOT_BORNE_OUT
        if explained is not None:
            return OdometerReason.TYPO
        return OdometerReason.STRAY if after is not None else OdometerReason.CONTRADICTION

    def _is_driven_too_fast(self, before: int | None, place: int) -> bool:
        return before is not None and self._is_beyond_pace(before, place)

    def _may_be_trace(self, before: int | None, place: int, after: int | None) -> bool:
        """Is it the last one and too low, or a mileage that could be reached and that is too high for what follows?"""
        point = self._points[place]
        if after is None:
            return before is not None and point.metres < self._points[before].metres
        is_reachable = before is None or self._reach.fits(self._points[before], point)
        return is_reachable and point.metres > self._points[after].metres

    def _is_beyond_pace(self, early: int, late: int) -> bool:
        """Is it several times farther than this vehicle goes in that time?"""
        earlier, later = self._points[early], self._points[late]
        days = max(later.day - earlier.day, _SHORT_DAYS)
        return later.metres - earlier.metres > _MOST_PACES * self._pace * days

    def _find_pace(self) -> float:
        """Metres a day between neighbours, as the median tells, which a few wrong readings do not move."""
        paces = [
            (late.metres - early.metres) / (late.day - early.day)
            for early, late in pairwise(self._points)
            if late.day - early.day >= _SHORT_DAYS and late.metres >= early.metres
        ]
        return max(median(paces), _LEAST_PACE) if len(paces) >= _ENOUGH_PACES else _USUAL_PACE

    def _window(self, before: int | None, place: int, after: int | None) -> Window:
        """What would fit between the neighbours, or within a few times the pace from the only one there is."""
        day = self._points[place].day
        slack, pace = self._reach.fall_metres, self._pace
        if before is not None and after is not None:
            early, late = self._points[before], self._points[after]
            share = (day - early.day) / max(late.day - early.day, 1)
            expected = early.metres + (late.metres - early.metres) * share
            return Window(_km(early.metres - slack), _km(late.metres + slack), _km(expected))
        if before is not None:
            early = self._points[before]
            most = _MOST_PACES * pace * max(day - early.day, _SHORT_DAYS)
            expected = early.metres + pace * (day - early.day)
            return Window(_km(early.metres - slack), _km(early.metres + most), _km(expected))
        late = self._points[after or 0]
        least = late.metres - _MOST_PACES * pace * max(late.day - day, _SHORT_DAYS)
        expected = max(late.metres - pace * (late.day - day), 0)
        return Window(_km(max(least, 0)), _km(late.metres + slack), _km(expected))

    def _discount(self, start: int, end: int) -> int:
        """What slips take off the cost of each reading between two that fit each other and are no long way apart.

        Several in a row must be one slip that a shop repeats, and such that no driving explains them: they fall and
        rise again, or are farther than a taxi goes.
        """
        before, after = start if start >= 0 else None, end if end < len(self._points) else None
        if before is not None and after is not None and self._is_beyond_pace(before, after):
            return 0
        found = [explain(self._glances[p][0], self._window(before, p, after)) for p in range(start + 1, end)]
        explained = [each for each in found if each is not None]
        if len(explained) < len(found):
            return 0
        if len(found) > 1:
            kinds = {each.typo.kind for each in explained}
            if before is None or after is None or len(kinds) > 1 or not kinds <= REPEATED or self._is_driven(before):
                return 0
        return max(1, min(_MOST_DISCOUNT, round(_MOST_DISCOUNT + 2 * min(each.weight for each in explained))))

    def _is_driven(self, place: int) -> bool:
        """Could the next reading be reached by driving?"""
        early, late = self._points[place : place + 2]
        return 0 <= late.metres - early.metres <= _TAXI_PACE * max(late.day - early.day, 1)

    def _conflict(self, early: int, late: int, typo: Typo | None = None) -> OdometerConflict:
        kind = ConflictKind.FALL if self._points[late].metres < self._points[early].metres else ConflictKind.TOO_FAST
        return OdometerConflict(kind, self._glances[early][-1], self._glances[late][0], typo)

    def _note(self, reason: OdometerReason, conflict: OdometerConflict, *places: int) -> None:
        self.reasons.add(reason)
        self.conflicts.append((reason, conflict))
        self._doubtful.update(places)


def _point(glance: Glance) -> Point:
    first = glance[0]
    return Point(first.on.toordinal(), round(first.mileage_km * 1000), any(each.says_replaced for each in glance))


def _km(metres: float) -> Decimal:
    return Decimal(round(metres)) / 1000
