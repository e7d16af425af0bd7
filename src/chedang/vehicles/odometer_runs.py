"""The simplest story that the readings of one vehicle allow. Pure (ours, ADR 0027).

A story leaves out some readings as strays and cuts the others into runs, in each of which every reading fits the one
before. A run has readings of two days or more, for one alone bears out nothing. Each stray and each break costs;
the cheapest story is believed. One stray costs less than a break, two cost more: a fall that one wrong reading could
explain is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

STRAY_COST: Final = 40
_BREAK_COST: Final = 71
_REPLACED_COST: Final = 1
_NEVER: Final = 1_000_000_000
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


Discount = Callable[[int, int], int]
"""How much less the readings between these two places cost, each, since slips explain them; 0 when they do not.

-1 is before the first, the number of readings is after the last."""


def find_story(points: Sequence[Point], reach: Reach, discount: Discount) -> Story | None:
    """The cheapest story; ``None`` when no run of two days can be made. ``points`` are in the order of time.

    Looks a few readings ahead first, and farther only while a cheaper story could be there: the work grows with the
    number of readings as long as few of them are wrong, and with its square at worst.
    """
    ahead = 4
    while True:
        search = _Search(points, reach, discount, ahead)
        if ahead >= len(points) or search.cost < STRAY_COST * (ahead + 1):
            return search.story() if search.cost < _NEVER else None
        ahead *= 2


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
        self._steps = [
            step
            for end in range(count + 1)
            for start in range(max(end - ahead - 1, -1), end)
            if (step := self._step(start, end)) is not None
        ]
        self._forward = self._go_forward()
        self._backward = self._go_backward()
        self.cost = self._forward[count][1]

    def _find_odd(self) -> list[bool]:
        """Readings that do not fit a neighbour: no other can be a slip worth looking at."""
        odd = [False] * len(self._points)
        for place in range(len(odd) - 1):
            if not self._reach.fits(self._points[place], self._points[place + 1]):
                odd[place] = odd[place + 1] = True
        return odd

    def _step(self, start: int, end: int) -> _Step | None:
        count = len(self._points)
        skipped = end - start - 1
        if start < 0 and end == count:
            return None
        if start < 0 or end == count or self._reach.fits(self._points[start], self._points[end]):
            cost = STRAY_COST * skipped
            if 0 < skipped <= _MOST_EXPLAINED and all(self._odd[start + 1 : end]):
                cost -= self._discount(start, end) * skipped
            return _Step(start, end, cost, is_break=False, is_replaced=False)
        is_replaced = self._replaced_before[end + 1] > self._replaced_before[start]
        cost = STRAY_COST * skipped + (_REPLACED_COST if is_replaced else _BREAK_COST)
        return _Step(start, end, cost, is_break=True, is_replaced=is_replaced)

    def _next(self, step: _Step, stands: int) -> int | None:
        """Does the run of the step's end stand, given whether that of its start does? ``None``: no such step."""
        if step.end == len(self._points) or (step.is_break and not step.is_replaced):
            return (1 if step.end == len(self._points) else 0) if stands else None
        if step.is_replaced:
            return 1
        if step.start < 0:
            return 0
        return 1 if stands or self._points[step.start].day != self._points[step.end].day else 0

    def _go_forward(self) -> list[list[int]]:
        """Least cost up to each reading, by whether its run stands so far. The last row is the end."""
        costs = [[_NEVER, _NEVER] for _ in range(len(self._points) + 1)] + [[0, _NEVER]]
        for step in self._steps:
            for stands in (0, 1):
                if (cost := costs[step.start][stands] + step.cost) < _NEVER:
                    then = self._next(step, stands)
                    if then is not None and cost < costs[step.end][then]:
                        costs[step.end][then] = cost
        return costs

    def _go_backward(self) -> list[list[int]]:
        """Least cost from each reading on, likewise."""
        count = len(self._points)
        costs = [[_NEVER, _NEVER] for _ in range(count + 2)]
        costs[count] = [_NEVER, 0]
        for step in reversed(self._steps):
            for stands in (0, 1):
                then = self._next(step, stands)
                if then is not None:
                    cost = costs[step.end][then] + step.cost
                    costs[step.start][stands] = min(costs[step.start][stands], cost)
        return costs

    def _is_cheapest(self, step: _Step, stands: int) -> bool:
        then = self._next(step, stands)
        if then is None:
            return False
        return self._forward[step.start][stands] + step.cost + self._backward[step.end][then] == self.cost

    def story(self) -> Story:
        """The cheapest story. Of several the one that keeps the newest readings; all of them tell what is certain."""
        cheapest = [(step, stands) for step in self._steps for stands in (0, 1) if self._is_cheapest(step, stands)]
        left_out = {place for step, _stands in cheapest for place in range(step.start + 1, step.end)}
        keepable = {step.end for step, _stands in cheapest}
        path = self._walk_back(cheapest)
        kept = tuple(step.end for step in path[:-1])
        breaks = tuple(Break(step.start, step.end, step.is_replaced) for step in path if step.is_break)
        strays = frozenset(range(len(self._points))) - frozenset(kept)
        return Story(kept, breaks, strays, frozenset(left_out & keepable))

    def _walk_back(self, cheapest: Sequence[tuple[_Step, int]]) -> list[_Step]:
        into: dict[tuple[int, int], tuple[_Step, int]] = {}
        for step, stands in cheapest:
            then = self._next(step, stands)
            assert then is not None  # noqa: S101 - _is_cheapest lets no other through
            into[step.end, then] = (step, stands)
        path: list[_Step] = []
        place, standing = len(self._points), 1
        while place >= 0:
            step, standing = into[place, standing]
            path.append(step)
            place = step.start
        return path[::-1]
