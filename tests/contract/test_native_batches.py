"""The native interface over a real gate: batches, and days reconciled."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chedang.terms.dates import SHANGHAI
from tests.contract.conftest import Gate
from tests.contract.native import Client, problem, record, today, work

# Batches


def test_a_batch_is_accepted_and_each_line_gets_its_outcome(gate: Gate, shop: Client) -> None:
    lines: list[Any] = [
        record(costlistcode="B-1"),
        b'{"vin": \n',
        record(costlistcode="B-2", vin=""),
        b"\n",
        record(costlistcode="B-3", ownername="某某"),
    ]
    answer = shop.batch(lines)
    assert answer.status_code == 202
    accepted = answer.json()
    assert accepted["lines"] == 5
    assert answer.headers["location"] == accepted["status_url"]
    assert [notice["code"] for notice in accepted["notices"]] == ["UNKNOWN_FIELD"]
    waiting = shop.get(f"/batches/{accepted['batch_id']}").json()
    assert (waiting["state"], waiting["done"], waiting["finished_at"]) == ("waiting", 0, None)
    assert shop.get(f"/batches/{accepted['batch_id']}/outcomes").text == ""

    work(gate.database_url)

    done = httpx.get(gate.url + accepted["status_url"], headers={"Authorization": f"Bearer {shop.secret}"}).json()
    assert (done["state"], done["created"], done["refused"]) == ("done", 3, 2)
    told = shop.get(f"/batches/{accepted['batch_id']}/outcomes")
    assert told.headers["content-type"].startswith("application/x-ndjson")
    outcomes = [json.loads(line) for line in told.text.splitlines()]
    assert [outcome["line"] for outcome in outcomes] == [1, 2, 3, 4, 5]
    assert [outcome["outcome"] for outcome in outcomes] == ["created", "refused", "created", "refused", "created"]
    assert outcomes[1]["problem"]["code"] == "MALFORMED"
    assert outcomes[1]["problem"]["status"] == 400
    assert "/vin" in {finding["pointer"] for finding in outcomes[2]["findings"]}
    assert outcomes[2]["problem"] is None
    assert shop.get("/records/B-1").json()["recordid"] == outcomes[0]["recordid"]
    rest = shop.get(f"/batches/{accepted['batch_id']}/outcomes", from_line=5).text.splitlines()
    assert [json.loads(line)["line"] for line in rest] == [5]


def test_a_batch_sent_again_with_its_key_is_the_same_batch(shop: Client) -> None:
    key = {"Idempotency-Key": f"batch-{uuid4()}"}
    lines = [record(costlistcode="K-1"), record(costlistcode="K-2")]
    first = shop.batch(lines, **key).json()["batch_id"]
    assert shop.batch(lines, **key).json()["batch_id"] == first
    problem(shop.batch(lines[:1], **key), 409, "CONFLICT")


def test_batches_of_others_are_unknown(shop: Client, client: Client) -> None:
    batch_id = client.batch([record(costlistcode="K-9")]).json()["batch_id"]
    problem(shop.get(f"/batches/{batch_id}"), 404, "UNKNOWN_RECORD")
    problem(shop.get(f"/batches/{batch_id}/outcomes"), 404, "UNKNOWN_RECORD")
    problem(shop.get(f"/batches/{uuid4()}"), 404, "UNKNOWN_RECORD")
    problem(shop.get("/batches/not-a-uuid"), 404, "UNKNOWN_OPERATION")


def test_an_empty_batch_and_one_with_too_many_lines_are_refused(client: Client) -> None:
    problem(client.batch([]), 400, "MALFORMED")
    problem(client.batch([b"{}\n" * 10_001]), 413, "TOO_MANY_ROWS")
    problem(client.batch([b'{"vehiclepartslist":[' + b"{}," * 15_000 + b"{}]}\n"] * 20), 413, "TOO_MANY_ROWS")


def test_too_many_waiting_batches_are_told_when_to_come_again(gate: Gate, shop: Client) -> None:
    for number in range(20):
        assert shop.batch([record(costlistcode=f"W-{number}")]).status_code == 202
    refused = shop.batch([record(costlistcode="W-21")])
    problem(refused, 429, "TOO_FAST")
    assert int(refused.headers["retry-after"]) > 0
    work(gate.database_url)
    assert shop.batch([record(costlistcode="W-21")]).status_code == 202


# Reconciliation


def test_a_day_is_listed_with_digests_and_compared(gate: Gate, shop: Client) -> None:
    for number in range(3):
        shop.put(f"R-{number}", record(repairmileage=48000 + number))
    shop.post("/records/R-2/void", {"reason": "录重了"})
    day = shop.get(f"/reconciliation/{today()}").json()
    assert (day["by"], day["held"], day["void"], day["next"]) == ("received", 3, 1, None)
    digests = {each["costlistcode"]: each["digest"] for each in day["numbers"]}
    assert set(digests) == {"R-0", "R-1", "R-2"}
    assert {each["costlistcode"]: each["state"] for each in day["numbers"]}["R-2"] == "void"

    named = [{"costlistcode": number, "digest": digest} for number, digest in digests.items()]
    agreed = shop.post(f"/reconciliation/{today()}", {"sent": 3, "records": named}).json()
    assert agreed["agree"] is True
    assert agreed["void"] == ["R-2"]

    named = [{"costlistcode": "R-0", "digest": "0" * 64}, {"costlistcode": "R-1"}, {"costlistcode": "R-7"}]
    told = shop.post(f"/reconciliation/{today()}", {"sent": 4, "records": named}).json()
    assert told["agree"] is False
    assert (told["sent"], told["held"]) == (4, 3)
    assert (told["missing"], told["unknown"], told["different"]) == (["R-7"], ["R-2"], ["R-0"])


def test_days_of_settlement_are_another_way_to_count(shop: Client) -> None:
    day = (datetime.now(SHANGHAI) - timedelta(days=3)).date()
    shop.put("S-1", record(repairdate=day.isoformat(), settledate=day.isoformat()))
    shop.put("S-2", record())
    assert [each["costlistcode"] for each in shop.get(f"/reconciliation/{day}", by="settled").json()["numbers"]] == [
        "S-1"
    ]
    told = shop.post(f"/reconciliation/{day}", {"records": [{"costlistcode": "S-2"}], "by": "settled"}).json()
    assert (told["elsewhere"], told["unknown"]) == (["S-2"], ["S-1"])


def test_large_days_come_in_pages(shop: Client) -> None:
    for number in range(5):
        shop.put(f"L-{number}", record())
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = shop.get(f"/reconciliation/{today()}", limit=2, **({"cursor": cursor} if cursor else {})).json()
        assert page["held"] == 5
        seen += [each["costlistcode"] for each in page["numbers"]]
        if (cursor := page["next"]) is None:
            break
    assert sorted(seen) == [f"L-{number}" for number in range(5)]


@pytest.mark.parametrize("day", ["today", "2026-02-30", "0001-01-01", "20260301T"])
def test_what_is_no_day_is_malformed(client: Client, day: str) -> None:
    problem(client.get(f"/reconciliation/{day}"), 400, "MALFORMED")


def test_a_statement_of_the_wrong_shape_says_where(client: Client) -> None:
    told = problem(client.post(f"/reconciliation/{today()}", {"records": [{"digest": "x"}]}), 400, "MALFORMED")
    assert "/records" in told["detail"]
