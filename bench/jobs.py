"""Shops with tokens and endless flawless jobs of ever new vehicles, as requests of the provincial dialect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from random import Random

import msgspec
import psycopg

from bench import load
from bench.node import BenchNode
from chedang.enterprises import actions
from chedang.fiction.jobs import make_job
from chedang.fiction.shops import FictionalShop, make_shop
from chedang.fiction.vehicles import make_vehicle
from chedang.intake.dialects import lcippro
from chedang.intake.tokens import TokenMint
from chedang.platform.keys import node_key
from chedang.records.model import RecordText

PASSWORD_COST_SECONDS = 0.2
_ADD = f"{lcippro.PATH}/lcipprocarfixrecordadd/query"
_ASK = f"{lcippro.PATH}/lcipprogetaccesstoken/query"


@dataclass(frozen=True)
class Shop:
    """A shop that has its token."""

    fiction: FictionalShop
    company_code: str
    token: str

    @property
    def name(self) -> str:
        return self.fiction.registration.company_name


Texts = Iterator[tuple[Shop, RecordText]]


def approved_shops(node: BenchNode, connection: psycopg.Connection, count: int) -> list[Shop]:
    mint = TokenMint(node_key(node.data_dir, "tokens"), timedelta(hours=24))
    now = datetime.now(UTC)
    shops = []
    for number in range(count):
        fiction = make_shop(Random(number), number)
        # Twenty names are in stock; a licence of its own keeps each shop a shop of its own.
        registration = msgspec.structs.replace(
            fiction.registration, road_transport_license=f"3301{number:08d}", unified_credit_code=""
        )
        enterprise = actions.register(connection, registration, now=now).enterprise
        actions.approve(connection, enterprise.company_code, by="bench", now=now)
        token = mint.issue(enterprise.enterprise_id, enterprise.token_generation, now)
        shops.append(Shop(fiction, enterprise.company_code, token))
    return shops


def texts(shops: list[Shop]) -> Texts:
    """Flawless jobs of ever new vehicles, each with a number of its own, the shops in turn."""
    random = Random(33)
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011 - yesterday is settled in every time zone
    for number, shop in enumerate(cycle(shops), start=1):
        vehicle = make_vehicle(random)
        text = make_job(random, vehicle, shop.fiction, repaired_on=yesterday, settled_on=yesterday)
        yield shop, msgspec.structs.replace(text, settlement_list_number=f"JS{number:010d}")


def requests(stream: Texts, count: int) -> Iterator[load.Request]:
    """``count`` uploads under the shops' tokens, made before the first is sent."""
    return iter([_upload(text, shop.token.encode()) for shop, text in (next(stream) for _ in range(count))])


def with_tokens(shops: list[Shop], stream: Texts, count: int) -> Iterator[load.Request]:
    """``count`` uploads that each ask for a token first."""
    asks = {shop.company_code: load.post(_ASK, _credentials(shop)) for shop in shops}
    prepared: list[load.Request] = []
    for shop, text in (next(stream) for _ in range(count)):
        prepared.append(load.WithToken(asks[shop.company_code], _upload(text, load.TOKEN)))
    return iter(prepared)


def _credentials(shop: Shop) -> bytes:
    password = shop.fiction.registration.password
    return json.dumps({"companycode": shop.company_code, "companypassword": password}).encode()


def _upload(text: RecordText, token: bytes) -> bytes:
    elements = msgspec.to_builtins(text)
    lists = {name: elements.pop(name) for name in ("vehiclepartslist", "repairprojectlist")}
    document = {"access_token": token.decode(), "basicInfo": elements, **lists}
    return load.post(_ADD, json.dumps(document, ensure_ascii=False).encode())
