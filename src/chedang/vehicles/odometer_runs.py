"""The simplest story that the readings of one vehicle allow. Pure (ours, ADR 0027).

A story leaves out some readings as strays and cuts the others into runs, in each of which every reading fits the one
before. A run has readings of two days or more, for one alone bears out nothing. Each stray and each break costs;
the cheapest story is believed. One stray costs less than a break, two cost more: a fall that one wrong reading could
explain is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

STRAY_COST: Final = 40
_BREAK_COST: Final = 71
_REPLACED_COST: Final = 1
_NEVER: Final = 1_000_000_000
_LOOKS_AHEAD: Final = (4, 12, 36)
"""Strays in a row that are tried."""
_MOST_EXPLAINED: Final = 2
"""Strays in a row that are looked at for slips."""


class Point(NamedTuple):
    """One reading as this module needs it."""

    day: int
    metres: int
    is_replaced: bool


class Reach(NamedTuple):
    """How far one reading may be from the next."""

    fall_metres: int
    metres_per_day: int

    def fits(self, earlier: Point, later: Point) -> bool:
        driven = later.metres - earlier.metres
        return -self.fall_metres <= driven <= max(later.day - earlier.day, 1) * self.metres_per_day


class Break(NamedTuple):
    """Where one run ends and the next begins."""

    before: int
    after: int
    is_replaced: bool


class Story(NamedTuple):
    """What becomes of each reading, by its place."""

    kept: tuple[int, ...]
    breaks: tuple[Break, ...]
    strays: frozenset[int]
    """Left out of this story."""
    uncertain: frozenset[int]
    """Left out of one cheapest story but not of every one."""


class _Step(NamedTuple):
    """From one kept reading to the next; -1 is before the first, the number of readings is after the last."""

    start: int
    end: int
    cost: int
    is_break: bool
    is_replaced: bool
    then: tuple[int | None, int | None]
    """Does the run at the end stand (1) or not yet (0), when that at the start does not, and when it does? ``None``:
    there is no such step."""


Discount = Callable[[int, int], int]
"""How much less the readings between these two places cost, each, since slips explain them; 0 when they do not.

-1 is before the first, the number of readings is after the last."""


def find_story(points: Sequence[Point], reach: Reach, discount: Discount) -> Story | None:
    """The cheapest story; ``None`` when no run of two days can be made. ``points`` are in the order of time.

    Looks a few readings ahead first, and farther only while a cheaper story could be there: the work grows with the
    number of readings as long as few of them are wrong. More wrong ones in a row than are looked at are not bridged.
    """
    for ahead in _LOOKS_AHEAD:
        search = _Search(points, reach, discount, ahead)
        if search.cost < STRAY_COST * (ahead + 1):
            break
    return search.story() if search.cost < _NEVER else None


class _Search:
    def __init__(self, points: Sequence[Point], reach: Reach, discount: Discount, ahead: int) -> None:
        self._points = points
        self._reach = reach
        self._discount = discount
        count = len(points)
        self._replaced_before = [0] * (count + 1)
        for place, point in enumerate(points):
            self._replaced_before[place + 1] = self._replaced_before[place] + point.is_replaced
        self._odd = self._find_odd()
        self._steps = list(self._find_steps(ahead))
        self._forward = self._go_forward()
        self.cost = self._forward[count][1]

    def _find_steps(self, ahead: int) -> Iterator[_Step]:
        """In the order of their ends. None skips readings that all fit their neighbours: keeping them costs nothing."""
        count = len(self._points)
        for end in range(count + 1):
            for start in range(end - 1, max(end - ahead - 2, -2), -1):
                is_worth_it = start == end - 1 or any(self._odd[start + 1 : end])
                if is_worth_it and (start >= 0 or end < count):
                    yield self._step(start, end)

    def _find_odd(self) -> list[bool]:
        """Readings that do not fit a neighbour."""
        odd = [False] * len(self._points)
        for place in range(len(odd) - 1):
            if not self._reach.fits(self._points[place], self._points[place + 1]):
                odd[place] = odd[place + 1] = True
        return odd

    def _step(self, start: int, end: int) -> _Step:
        count = len(self._points)
        skipped = end - start - 1
        cost = STRAY_COST * skipped
        if start < 0 or end == count or self._reach.fits(self._points[start], self._points[end]):
            if 0 < skipped <= _MOST_EXPLAINED:
                cost -= self._discount(start, end) * skipped
            then = self._then(start, end)
            return _Step(start, end, cost, is_break=False, is_replaced=False, then=then)
        if self._replaced_before[end + 1] > self._replaced_before[start]:
            return _Step(start, end, cost + _REPLACED_COST, is_break=True, is_replaced=True, then=(1, 1))
        return _Step(start, end, cost + _BREAK_COST, is_break=True, is_replaced=False, then=(None, 0))

    def _then(self, start: int, end: int) -> tuple[int | None, int | None]:
        """Of a step within a run."""
        if end == len(self._points):
            return None, 1
        if start < 0:
            return 0, 0
        return int(self._points[start].day != self._points[end].day), 1

    def _go_forward(self) -> list[list[int]]:
        """Least cost up to each reading, by whether its run stands so far; then that of the end and of the start."""
        costs = [[_NEVER, _NEVER] for _ in range(len(self._points) + 1)] + [[0, _NEVER]]
        for step in self._steps:
            for cost, then in zip(costs[step.start], step.then, strict=True):
                if then is not None and cost + step.cost < costs[step.end][then]:
                    costs[step.end][then] = cost + step.cost
        return costs

    def _go_backward(self) -> list[list[int]]:
        """Least cost from each reading on, likewise."""
        count = len(self._points)
        costs = [[_NEVER, _NEVER] for _ in range(count + 2)]
        costs[count] = [_NEVER, 0]
        for step in reversed(self._steps):
            here, there = costs[step.start], costs[step.end]
            for stands, then in enumerate(step.then):
                if then is not None and there[then] + step.cost < here[stands]:
                    here[stands] = there[then] + step.cost
        return costs

    def _find_cheapest(self) -> list[tuple[_Step, int]]:
        """The steps of all cheapest stories, each with whether the run at its start stands."""
        forward, backward = self._forward, self._go_backward()
        return [
            (step, stands)
            for step in self._steps
            for stands, then in enumerate(step.then)
            if then is not None and forward[step.start][stands] + step.cost + backward[step.end][then] == self.cost
        ]

    def story(self) -> Story:
        """The cheapest story. Of several the one that keeps the newest readings; all of them tell what is certain."""
        cheapest = self._find_cheapest()
        left_out = {place for step, _stands in cheapest for place in range(step.start + 1, step.end)}
        keepable = {step.end for step, _stands in cheapest}
        path = self._walk_back(cheapest)
        kept = tuple(step.end for step in path[:-1])
        breaks = tuple(Break(step.start, step.end, step.is_replaced) for step in path if step.is_break)
        strays = frozenset(range(len(self._points))) - frozenset(kept)
        return Story(kept, breaks, strays, frozenset(left_out & keepable))

    def _walk_back(self, cheapest: Sequence[tuple[_Step, int]]) -> list[_Step]:
        into: dict[tuple[int, int | None], tuple[_Step, int]] = {}
        for step, stands in cheapest:
            into.setdefault((step.end, step.then[stands]), (step, stands))
        path: list[_Step] = []
        place, standing = len(self._points), 1
        while place >= 0:
            step, standing = into[place, standing]
            path.append(step)
            place = step.start
        return path[::-1]
