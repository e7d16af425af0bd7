"""A day, or a month, of the whole network: who works when, what breaks when, and the quiet after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from chedang.exchange.link import LinkDown
from chedang.exchange.ministry import make_feeds
from chedang.exchange.model import MINISTRY, ExchangeRefused
from chedang.exchange.province import Province
from chedang.exchange.reconciling import reconcile
from chedang.exchange.routing import route
from chedang.fiction.network.chaos import Chaos, SimulatedClock
from chedang.fiction.network.links import SimulatedLink
from chedang.fiction.network.nodes import SimulatedMinistry, SimulatedNode, furnish, introduce
from chedang.fiction.network.oracle import complaints
from chedang.fiction.network.work import Work
from chedang.records.limits import load_limits
from chedang.records.rules import judge
from chedang.records.store import Connection
from chedang.terms.dates import day_in_china

_BEGIN: Final = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
_MOST_QUIET_ROUNDS: Final = 4_000
_AFTER_QUIET: Final = timedelta(minutes=12)
"""Longer than a call may be late."""


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    hours: float = 24.0
    tick_minutes: float = 15.0
    uploads_per_tick: int = 12
    steps_per_tick: int = 24
    vehicles: int = 150
    absent_from_hour: float = 0.0
    absent_hours: float = 0.0
    """How long the ministry is away altogether."""
    kill_share: float = 0.004
    cut_share: float = 0.05
    """Share of ticks at which a line is cut, for one to twelve ticks."""
    slow_share: float = 0.08
    lost_answer_share: float = 0.05
    twice_share: float = 0.05


@dataclass(frozen=True)
class Outcome:
    """What a simulation came to."""

    records: int
    """Versions that shops were told are stored."""
    rows_exchanged: int
    complaints: list[str]
    misfortunes: Mapping[str, int]
    catch_up_rounds: int
    differences: int
    """That the comparison after it found."""


class Nation:
    """Ministry and provinces, all of one machine."""

    def __init__(self, seed: int, databases: Mapping[str, str], data_dir: Path, plan: Plan) -> None:
        """``databases``: node code → URL of a fresh migrated database, 00 among them."""
        self.plan = plan
        self.random = Random(seed)
        self.clock = SimulatedClock(_BEGIN)
        self.chaos = Chaos(Random(f"{seed}/chaos"))
        self.nodes = {code: self._node(code, url, data_dir / code) for code, url in databases.items()}
        self.provinces = [node for code, node in self.nodes.items() if code != MINISTRY]
        ministry = self.nodes[MINISTRY]
        assert isinstance(ministry, SimulatedMinistry)  # noqa: S101 - made so a line above
        self.ministry = ministry
        self.links = {node.code: SimulatedLink(ministry, self.chaos) for node in self.provinces}
        self.work = Work(Random(f"{seed}/work"), list(databases))
        self._cut_until: dict[str, datetime] = {}

    def run(self) -> Outcome:
        """Live through the plan, come to rest, compare, and judge."""
        try:
            self._set_up()
            self._live()
            rounds = self._come_to_rest()
            self._follow_all()
            found = complaints(list(self.nodes.values()), self.work.acknowledged)
            differences = self._compare()
        finally:
            for node in self.nodes.values():
                node.close()
        return Outcome(
            records=len(self.work.acknowledged),
            rows_exchanged=self._rows_exchanged,
            complaints=found,
            misfortunes=dict(self.chaos.counts),
            catch_up_rounds=rounds,
            differences=differences,
        )

    def _node(self, code: str, url: str, data_dir: Path) -> SimulatedNode:
        data_dir.mkdir(parents=True)
        kind = SimulatedMinistry if code == MINISTRY else SimulatedNode
        return kind(code, url, data_dir, self.clock, self.chaos)

    def _set_up(self) -> None:
        self._rows_exchanged = 0
        for node in self.provinces:
            introduce(self.ministry, node, self.clock())
            furnish(node, self.clock())
        self.work.put_on_the_road(self.plan.vehicles)

    def _live(self) -> None:
        plan = self.plan
        self.chaos.is_at_peace = False
        self.chaos.kill_share = plan.kill_share
        for link in self.links.values():
            link.slow_share, link.lost_answer_share = plan.slow_share, plan.lost_answer_share
            link.twice_share = plan.twice_share
        for number in range(int(plan.hours * 60 / plan.tick_minutes)):
            self.clock.pass_by(timedelta(minutes=plan.tick_minutes))
            self._set_lines(number * plan.tick_minutes / 60)
            for _ in range(plan.uploads_per_tick):
                self.work.do_something(self.random.choice(list(self.nodes.values())), self.clock())
            for _ in range(plan.steps_per_tick):
                self._some_step()
        self.chaos.is_at_peace = True

    def _set_lines(self, hour: float) -> None:
        plan, now = self.plan, self.clock()
        is_absent = plan.absent_from_hour <= hour < plan.absent_from_hour + plan.absent_hours
        for code, link in self.links.items():
            if self.chaos.happens(plan.cut_share, "line cut"):
                ticks = self.chaos.random.randint(1, 12)
                self._cut_until[code] = now + timedelta(minutes=ticks * plan.tick_minutes)
            link.is_cut = is_absent or now < self._cut_until.get(code, now)
            if not is_absent:
                link.arrive(now)
        if self.chaos.happens(0.05, "node killed"):
            self.chaos.random.choice(list(self.nodes.values())).close()

    def _some_step(self) -> None:
        step = self.random.choice(self._steps_of(self.random.choice(self.provinces)) + self._ministry_steps())
        with suppress(LinkDown, ExchangeRefused):
            step()

    def _steps_of(self, node: SimulatedNode) -> list[Callable[[], int]]:
        province = Province(node.code, node.data_dir, self.links[node.code], self.clock)
        return [
            partial(node.run, "exchange-up", province.bring),
            partial(node.run, "exchange-up-ahead", province.make_ahead),
            partial(node.run, "exchange-down", province.collect),
            node.follow,
        ]

    def _ministry_steps(self) -> list[Callable[[], int]]:
        ministry = self.ministry
        feeds = partial(make_feeds, data_dir=ministry.data_dir, clock=self.clock)
        return [
            partial(ministry.run, "exchange-route", lambda connection: route(connection, clock=self.clock)),
            partial(ministry.run, "exchange-feeds", feeds),
            ministry.follow,
        ]

    def _come_to_rest(self) -> int:
        """Lines are whole and nobody dies: rounds until a whole round finds nothing to do."""
        for link in self.links.values():
            link.is_cut = False
            link.arrive(self.clock.now + timedelta(days=400))
        self.clock.pass_by(_AFTER_QUIET)
        for round_number in range(1, _MOST_QUIET_ROUNDS):
            if not self._quiet_round():
                return round_number
        raise RuntimeError("the network does not come to rest")

    def _quiet_round(self) -> int:
        done = 0
        for node in self.provinces:
            province = Province(node.code, node.data_dir, self.links[node.code], self.clock)
            done += self._settle(partial(node.run, "exchange-up", province.bring))
        done += self._settle(self._ministry_steps()[0])
        done += self._settle(self._ministry_steps()[1])
        for node in self.provinces:
            province = Province(node.code, node.data_dir, self.links[node.code], self.clock)
            done += self._settle(partial(node.run, "exchange-down", province.collect))
        self._rows_exchanged += done
        return done

    def _settle(self, step: Callable[[], int]) -> int:
        """Repeat a step until it does nothing."""
        total = 0
        while done := step():
            total += done
        return total

    def _follow_all(self) -> None:
        for node in self.nodes.values():
            self._settle(node.follow)

    def _compare(self) -> int:
        """Every province compares with the ministry; gives how many differences there were."""
        return sum(self._compare_one(node) for node in self.provinces)

    def _compare_one(self, node: SimulatedNode) -> int:
        province = Province(node.code, node.data_dir, self.links[node.code], self.clock)
        found: list[int] = []

        def work(connection: Connection) -> int:
            compared = reconcile(
                connection,
                province.ask(connection),
                node_code=node.code,
                from_on=day_in_china(_BEGIN),
                until_on=day_in_china(self.clock.now),
                judge=partial(judge, limits=load_limits()),
                now=self.clock(),
            )
            found.extend(each.difference_count for each in compared)
            return 1

        node.run("reconcile", work)
        return sum(found)


def total(outcomes: Sequence[Outcome]) -> Counter[str]:
    """Misfortunes of several simulations together."""
    counted: Counter[str] = Counter()
    for outcome in outcomes:
        counted.update(outcome.misfortunes)
    return counted
