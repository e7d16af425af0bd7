"""A fictional province at work: its shops register and upload, several at a time, through a real gate."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from chedang.fiction.jobs import FictionalJob
from chedang.fiction.shops import FictionalShop
from chedang.fiction.simulator import FIELD_QUIRKS, Quirks, ShopSimulator

_CONNECTIONS = 8
_JOBS_PER_TURN = 60
_TRIES = 8
_FIRST_PAUSE_SECONDS = 0.25
_QUIRKS = tuple(FIELD_QUIRKS.values())


class GateRefused(Exception):
    """The gate cannot be reached, or says no to what a fictional shop asks; ``str()`` is a sentence."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How the gate answered the jobs."""

    accepted: int
    refused: int


def quirks_of(shop_number: int) -> Quirks:
    """Neighbouring shops use different software, so that a seeded node has met all quirks."""
    return _QUIRKS[shop_number % len(_QUIRKS)]


def register_shops(gate_url: str, shops: Sequence[FictionalShop]) -> list[str]:
    """Register every shop; gives their company codes in order. Raises GateRefused."""
    company_codes = []
    for number, shop in enumerate(shops):
        with ShopSimulator(gate_url, shop.registration, quirks=quirks_of(number)) as simulator:
            insist(simulator.register)
            company_codes.append(simulator.company_code)
    return company_codes


def upload_jobs(
    gate_url: str,
    jobs: Sequence[FictionalJob],
    company_codes: Mapping[FictionalShop, str],
    *,
    on_upload: Callable[[int], None],
) -> Uploaded:
    """Upload all jobs, each by the software of its shop; ``on_upload`` hears how many more are done.

    What one shop uploads stays in order within a turn of some dozen jobs. Raises GateRefused when the gate goes away.
    """
    numbers = {shop: number for number, shop in enumerate(company_codes)}

    def take_turn(turn: Sequence[FictionalJob]) -> int:
        shop = turn[0].shop
        with ShopSimulator(gate_url, shop.registration, quirks=quirks_of(numbers[shop])) as simulator:
            simulator.company_code = company_codes[shop]
            insist(simulator.fetch_token)
            accepted = 0
            for job in turn:
                accepted += _try_again(partial(simulator.upload, job.text)).get("code") == "1"
                on_upload(1)
        return accepted

    with ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="fictional-shop") as threads:
        try:
            accepted = sum(threads.map(take_turn, _turns(jobs)))
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    return Uploaded(accepted, len(jobs) - accepted)


def _turns(jobs: Sequence[FictionalJob]) -> list[Sequence[FictionalJob]]:
    """Some dozen jobs of one shop each, so that the shops take turns."""
    by_shop: dict[FictionalShop, list[FictionalJob]] = {}
    for job in jobs:
        by_shop.setdefault(job.shop, []).append(job)
    return [
        of_shop[start : start + _JOBS_PER_TURN]
        for start in range(0, max(map(len, by_shop.values()), default=0), _JOBS_PER_TURN)
        for of_shop in by_shop.values()
        if start < len(of_shop)
    ]


def insist(ask: Callable[[], dict[str, Any]]) -> None:
    """Ask something that must succeed. Raises GateRefused with the gate's own words."""
    answer = _try_again(ask)
    if answer.get("code") != "1":
        raise GateRefused(f"上传接口拒绝：{answer.get('status', '')} (the gate refuses)")


def _try_again(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Ask until there is an answer: a gate that restarts or is busy answers later. Raises GateRefused."""
    for tried in range(_TRIES):
        if tried:
            time.sleep(_FIRST_PAUSE_SECONDS * 2 ** (tried - 1))
        with contextlib.suppress(httpx.HTTPError, ValueError):
            return ask()
    raise GateRefused("上传接口没有应答 (the gate does not answer)")
