"""What shops do in the simulation: upload, upload again, correct, void, mistype a VIN, meet a car with a new plate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random
from typing import Final

import msgspec

from chedang.exchange.model import MINISTRY
from chedang.fiction.network.nodes import SimulatedNode, shop_code
from chedang.fiction.vehicles import make_vin
from chedang.intake.service import Amendment, new_version
from chedang.records.limits import load_limits
from chedang.records.model import PartText, ProjectText, RecordState, RecordText
from chedang.records.rules import judge
from chedang.records.store import Connection, NewVersion, append, find_record
from chedang.terms.dates import day_in_china
from chedang.terms.division import PROVINCES

_BY: Final = "模拟"
_NO_PLATE: Final = ("", "无牌", "临牌")
_EMBASSY: Final = "224578使"
_SERIALS: Final = "0123456789"
_ATTEMPTS: Final = 20


@dataclass
class SimulatedVehicle:
    """A car on the road: the plate it carries now."""

    vin: str
    plate_number: str
    km: int = 20_000


@dataclass
class Job:
    """A settled job as its shop knows it."""

    node_code: str
    company_code: str
    dialect: str
    text: RecordText
    record_id_hex: str
    is_void: bool = False


@dataclass
class Work:
    """All shops' work; ``acknowledged`` is what the world was told is stored: (node, record, version)."""

    random: Random
    nodes: Sequence[str]
    vehicles: list[SimulatedVehicle] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    acknowledged: set[tuple[str, str, int]] = field(default_factory=set)
    numbers: int = 0

    def put_on_the_road(self, count: int) -> None:
        """Make so many vehicles, of all provinces alike."""
        for _ in range(count):
            self.vehicles.append(SimulatedVehicle(make_vin(self.random), self._plate()))

    def do_something(self, node: SimulatedNode, now: datetime) -> None:
        """One thing that some shop of this node does. A shop whose answer was lost sends the same again."""
        chance = self.random.random()
        known = [job for job in self.jobs[-400:] if job.node_code == node.code and not job.is_void]
        if not known or chance < 0.70:
            self._repair(node, now)
        elif chance < 0.75:
            self._send(node, self.random.choice(known), now)
        elif chance < 0.87:
            self._correct(node, self.random.choice(known), now)
        elif chance < 0.92:
            self._correct(node, self.random.choice(known), now, vin=self.random.choice(self.vehicles).vin)
        else:
            self._void(node, self.random.choice(known), now)

    def _plate(self) -> str:
        characters = [province.plate_character for code, province in PROVINCES.items() if code in self.nodes]
        chance = self.random.random()
        if chance < 0.03:
            return self.random.choice(_NO_PLATE)
        if chance < 0.05:
            return _EMBASSY
        character = self.random.choice([each for each in characters if each])
        return f"{character}A{''.join(self.random.choices(_SERIALS, k=4))}C"

    def _repair(self, node: SimulatedNode, now: datetime) -> None:
        vehicle = self.random.choice(self.vehicles)
        if self.random.random() < 0.06:
            vehicle.plate_number = self._plate()
        vehicle.km += self.random.randint(100, 3_000)
        self.numbers += 1
        by_head_office = node.code == MINISTRY
        province = (
            self.random.choice([code for code in self.nodes if code != MINISTRY]) if by_head_office else node.code
        )
        day = f"{day_in_china(now):%Y%m%d}"
        text = RecordText(
            company_name="",
            vin=vehicle.vin if self.random.random() > 0.02 else "不详",
            plate_number=vehicle.plate_number,
            repair_date=day,
            mileage=str(vehicle.km),
            settle_date=day,
            fault_description="发动机怠速不稳",
            settlement_list_number=f"M{self.numbers:07d}",
            parts=(PartText("火花塞", "HHS-01", "4"),),
            projects=(ProjectText("更换火花塞", "1.0"),),
        )
        company_code = shop_code(province, by_head_office=by_head_office)
        job = Job(node.code, company_code, "lciphostrest" if by_head_office else "lcippro", text, "")
        if self._send(node, job, now):
            self.jobs.append(job)

    def _correct(self, node: SimulatedNode, job: Job, now: datetime, *, vin: str = "") -> None:
        description = f"更正：{job.text.fault_description[:20]}{self.random.randrange(100)}"
        job.text = msgspec.structs.replace(job.text, fault_description=description, vin=vin or job.text.vin)
        self._send(node, job, now)

    def _void(self, node: SimulatedNode, job: Job, now: datetime) -> None:
        job.is_void = self._send(node, job, now, state=RecordState.VOID)

    def _send(self, node: SimulatedNode, job: Job, now: datetime, *, state: RecordState = RecordState.ACTIVE) -> bool:
        """Store it; once more after an answer that never came. Says whether the store has taken it."""
        version = _version(job, now, state)
        for attempt in range(_ATTEMPTS):
            stored: list[int | None] = []
            node.run("gate-writer", partial(_append, version=version, stored=stored, is_again=attempt > 0))
            if stored:
                job.record_id_hex = version.record_id
                if stored[0] is not None:
                    self.acknowledged.add((node.code, version.record_id, stored[0]))
                return True
        raise RuntimeError("killed at every attempt: not the misfortune that was asked for")


def _append(connection: Connection, *, version: NewVersion, stored: list[int | None], is_again: bool) -> int:
    """Store it; after a lost answer the number that it has got by then is read, as a shop would ask for it."""
    (appended,) = append(connection, [version])
    number = appended.version
    if number is None and is_again:
        held = find_record(connection, version.record_id)
        number = held.version if held is not None else None
    stored.append(number)
    return 1


def _version(job: Job, now: datetime, state: RecordState) -> NewVersion:
    judgement = judge(job.text, limits=load_limits(), registered_name="", received_at=now)
    amendment = Amendment(job.record_id_hex, _BY, "", state) if job.record_id_hex else None
    return new_version(judgement, job.company_code, job.dialect, now, amendment)
