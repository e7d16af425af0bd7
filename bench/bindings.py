"""Share of bindings decided without an officer, and wrong ones, on a fictional province: ``python -m bench.bindings``.

Rightful owners hold the paper of their car's last visit and slip as people do; others try for what is not theirs.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg

from bench.node import bench_node
from chedang.enterprises import actions
from chedang.fiction.world import World, make_world
from chedang.intake.service import new_version
from chedang.owners import claim_index
from chedang.owners.claim_codes import claim_code
from chedang.owners.facts import Facts
from chedang.records.limits import load_limits
from chedang.records.model import RecordText
from chedang.records.rules import judge
from chedang.records.store import append
from chedang.site.databases import named_database
from chedang.terms.dates import SHANGHAI, parse_day
from chedang.vehicles.follow import follow

if TYPE_CHECKING:
    from chedang.owners.claims import ClaimDesk

KEY = bytes(32)
_PRINTS_CODE, _SHOWS_THREE = 0.4, 0.5
_DELIVERY_DAY, _ROUNDED, _OLD_PLATE, _WRONG_TAIL = 0.05, 0.04, 0.5, 0.02
_LOOKS_AGAIN = 0.85
"""How often a person who was not bound at once finds the slip and tries once more."""
_THIEF, _RELATIVE, _FORMER = 0.10, 0.05, 0.05
_TRIES_OF_A_THIEF = 5


@dataclass(frozen=True)
class Paper:
    """The settlement list of a visit, as its customer holds it: true, whatever the shop then uploaded."""

    plate_number: str
    former_plate_number: str | None
    vin: str
    text: RecordText
    record_id_hex: str

    @property
    def settled_on(self) -> date:
        return parse_day(self.text.settle_date) or date(2000, 1, 1)


@dataclass
class Outcome:
    """What came of it."""

    owners: int = 0
    automatic: int = 0
    wrong: int = 0
    intruders: int = 0
    doubts: Counter[str] = field(default_factory=Counter)
    """Why an officer had to look at rightful owners' cars."""

    @property
    def share(self) -> float:
        return self.automatic / self.owners if self.owners else 0.0


def store_world(connection: psycopg.Connection[Any], world: World) -> list[Paper]:
    """Register the shops, upload every job as its shop sends it; gives the papers of the last visits."""
    codes: dict[int, str] = {}
    for shop in world.shops:
        registration = msgspec.structs.replace(shop.registration, unified_credit_code="")
        enterprise = actions.register(connection, registration, now=_evening(date(2020, 1, 1))).enterprise
        actions.approve(connection, enterprise.company_code, by="bench", now=_evening(date(2020, 1, 1)))
        codes[id(shop)] = enterprise.company_code
    connection.commit()
    papers: dict[str, Paper] = {}
    for job in world.jobs:
        at = _evening(parse_day(job.text.settle_date) or date(2026, 1, 1))
        name = job.shop.registration.company_name
        judgement = judge(job.text, limits=load_limits(), registered_name=name, received_at=at)
        version = new_version(judgement, codes[id(job.shop)], "lcippro", at)
        append(connection, [version])
        papers[job.vehicle.vin] = Paper(
            job.vehicle.plate_number, job.vehicle.earlier_plate_number, job.vehicle.vin, job.text, version.record_id
        )
    while follow(connection, clock=lambda: datetime.now(UTC), node_code="33"):
        pass
    while claim_index.follow(connection, KEY, clock=lambda: datetime.now(UTC)):
        pass
    connection.commit()
    return list(papers.values())


def bind_everybody(desk: ClaimDesk, papers: list[Paper], *, seed: int, now: datetime) -> Outcome:
    """Let owners and others try, car after car. Needs Django on the database."""
    people = _People(desk, Random(f"{seed}/bindings"), now)
    for number, paper in enumerate(papers):
        others_first = people.chance.random() < 0.5
        if others_first:
            people.intrude(paper, f"a{number}", is_bound=False)
        people.let_owner_try(paper, f"o{number}")
        if not others_first:
            people.intrude(paper, f"b{number}", is_bound=True)
    return people.outcome


@dataclass
class _People:
    """Those who try, and what came of it."""

    desk: ClaimDesk
    chance: Random
    now: datetime
    outcome: Outcome = field(default_factory=Outcome)

    def let_owner_try(self, paper: Paper, name: str) -> None:
        """With the code where the list has one, else with facts, a second time where the slip is found."""
        from chedang.owners import claims, requests

        owner = _person(name)
        self.outcome.owners += 1
        bound = None
        if self.chance.random() < _PRINTS_CODE:
            with suppress(claims.UnknownCode):  # too old, or of a record in no file: the paper shows facts as well
                bound = claims.claim_by_code(self.desk, owner, claim_code(KEY, paper.record_id_hex), now=self.now)
        asked = _asked(paper, self.chance, slips=True)
        if bound is None:
            bound = claims.claim_by_facts(self.desk, owner, asked, network=name, now=self.now)
        if bound is None and self.chance.random() < _LOOKS_AGAIN:
            asked = _asked(paper, self.chance)
            bound = claims.claim_by_facts(self.desk, owner, asked, network=name, now=self.now)
        if bound is None:
            self.outcome.doubts[requests.ask_by_facts(self.desk, owner, asked, now=self.now).doubts] += 1
            return
        self.outcome.automatic += 1
        self.outcome.wrong += bound.vin != paper.vin

    def intrude(self, paper: Paper, name: str, *, is_bound: bool) -> None:
        """Thieves who know plate and end of the VIN from a photograph; former owners; relatives with the same paper."""
        from chedang.owners import claims

        chance = self.chance
        tries: list[claims.Asked] = []
        if chance.random() < _THIEF:
            tries += [_asked(paper, chance, guess=_guess(paper, chance)) for _ in range(_TRIES_OF_A_THIEF)]
        if chance.random() < _FORMER:
            older = paper.settled_on - timedelta(days=200)
            tries.append(_asked(paper, chance, guess=Facts(number="FORMER", settled_on=older)))
        if is_bound and chance.random() < _RELATIVE:
            tries.append(_asked(paper, chance))
        if not tries:
            return
        intruder = _person(name)
        self.outcome.intruders += 1
        got = [claims.claim_by_facts(self.desk, intruder, each, network=name, now=self.now) for each in tries]
        self.outcome.wrong += any(got)


def _guess(paper: Paper, chance: Random) -> Facts:
    """A thief knows about how far such a car has gone, and that it was repaired in the last months."""
    about_km = int(Decimal(paper.text.mileage or "50000") // 5000 * 5000) if paper.text.mileage.isdigit() else 50_000
    return Facts(
        number=f"{chance.randrange(16**6):06X}",
        mileage_km=Decimal(about_km + chance.randrange(5000)),
        settled_on=paper.settled_on + timedelta(days=chance.randrange(-30, 31)),
    )


def _asked(paper: Paper, chance: Random, *, slips: bool = False, guess: Facts | None = None) -> Any:
    """What is typed: a second look slips no more."""
    from chedang.owners.claims import Asked

    def happens(share: float) -> bool:
        return slips and chance.random() < share

    plate_number, tail = paper.plate_number, paper.vin[-6:]
    if paper.former_plate_number and happens(_OLD_PLATE):
        plate_number = paper.former_plate_number
    if happens(_WRONG_TAIL):
        tail = tail[::-1]
    return Asked(plate_number, tail, guess or _read_paper(paper, chance, happens=happens))


def _read_paper(paper: Paper, chance: Random, *, happens: Any) -> Facts:
    number = paper.text.settlement_list_number
    number = chance.choice((number, number.lower(), number[-6:], number[-6:].lower(), f"{number[:4]} {number[4:]}"))
    mileage_km = Decimal(paper.text.mileage) if paper.text.mileage.isdigit() else None
    if mileage_km is not None and happens(_ROUNDED):
        mileage_km = mileage_km // 100 * 100
    day = paper.settled_on + timedelta(days=1 if happens(_DELIVERY_DAY) else 0)
    facts = Facts(number or None, mileage_km, day)
    if chance.random() < _SHOWS_THREE:
        return facts
    left_out: Mapping[str, None] = {chance.choice(("number", "mileage_km", "settled_on")): None}
    return msgspec.structs.replace(facts, **left_out)


def _person(name: str) -> Any:
    from chedang.access.models import User

    return User.objects.create(username=f"bench-{name}", display_name="某人", role="owner", password="!")  # noqa: S106 - opens nothing


def _evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 18, tzinfo=SHANGHAI)


@contextmanager
def open_desk(connection: psycopg.Connection[Any], data_dir: Path) -> Iterator[ClaimDesk]:
    """The desk of the province on a connection. Needs Django set up."""
    from chedang.owners.claims import ClaimDesk
    from chedang.platform.sealing import Digester

    @contextmanager
    def lend() -> Iterator[psycopg.Connection[Any]]:
        yield connection
        connection.commit()

    yield ClaimDesk(lend, KEY, Digester(data_dir, "binding"), "33")


def main() -> None:
    """Print the share and what kept the rest from being decided at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args()
    today = datetime.now(SHANGHAI).date()
    world = make_world(asked.seed, until=today, vehicles=asked.vehicles)
    with (
        bench_node() as node,
        named_database(node.url, "default"),
        psycopg.connect(node.url) as connection,
        tempfile.TemporaryDirectory() as keys,
        open_desk(connection, Path(keys)) as desk,
    ):
        papers = store_world(connection, world)
        outcome = bind_everybody(desk, papers, seed=asked.seed, now=datetime.now(UTC))
    print(f"{outcome.owners} owners, {outcome.share:.1%} bound without an officer; {outcome.intruders} others tried")
    print(f"wrong bindings: {outcome.wrong}")
    for doubt, count in outcome.doubts.most_common():
        print(f"  {count:5}  {doubt}")


if __name__ == "__main__":
    main()
