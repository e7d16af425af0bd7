"""The uploader against a server that fails: what lies in the spool arrives once, and every job gets its outcome."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random

import pytest
from tests.integration.intake.small_node import SECRET, SmallNode
from tests.unit.intake.files.made import HEADINGS, as_csv, row

from chedang.intake.files.reading import read_file
from chedang.intake.files.verdicts import Fate
from chedang.intake.uploader import spool as spools
from chedang.intake.uploader.client import NodeClient, NotAccepted, SecretRefused, Unknown
from chedang.intake.uploader.draining import Backoff, Drain, Ending, Patience
from chedang.intake.uploader.secret import Secret, SecretUnusable, read_secret
from chedang.intake.uploader.spool import Spool, SpoolBusy

NOW = datetime(2026, 9, 15, tzinfo=UTC)
SECRET_PAIR = Secret(SECRET, SECRET[:11])
JOBS = 25


class Pauses:
    """A clock that sleeping moves on."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def node() -> Iterator[SmallNode]:
    with SmallNode() as running:
        yield running


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
    """A spool that sends in batches of ten."""
    monkeypatch.setattr(spools, "_BATCH_LINES", 10)
    with Spool(tmp_path / "spool") as opened:
        yield opened


def table(jobs: int = JOBS) -> bytes:
    """Jobs JS0 …; one without mileage and one that the node refuses among them."""
    rows = [row(f"JS{number}") for number in range(jobs)]
    rows[3][4] = ""
    rows[4][2] = "拒"
    return as_csv([HEADINGS, *rows])


def take_in(spool: Spool, server: str, raw: bytes | None = None) -> int:
    raw = raw or table()
    return spool.add(
        raw,
        read_file(raw).jobs,
        server=server,
        secret_id=SECRET_PAIR.public_id,
        file_name="九月.csv",
        answer_path="answer.csv",
        answer_wanted=False,
        now=NOW,
    )


def drain(
    spool: Spool, node: SmallNode, upload_id: int, pauses: Pauses, patience: Patience | None = None
) -> tuple[Ending, int]:
    """Drain one upload; gives how it ended and how many jobs were told as answered."""
    told: list[int] = []
    with NodeClient(node.url, SECRET_PAIR) as client, spool.draining():
        drained = Drain(
            spool,
            client,
            patience or Patience(600),
            on_progress=told.append,
            sleep=pauses.sleep,
            monotonic=pauses.monotonic,
        )
        ending = drained.run(upload_id)
    return ending, sum(told)


def assert_complete(spool: Spool, node: SmallNode, upload_id: int) -> None:
    results = spool.results(upload_id)
    assert len(results) == JOBS
    assert {place for place, result in results.items() if result.fate is Fate.REFUSED} == {4}
    assert [remark.text for remark in results[3].remarks] == ["没有填写送修里程。请补填。"]
    assert [remark.text for remark in results[4].remarks] == ["这一批不能受理。请改正。"]
    assert set(node.records) == {f"JS{number}" for number in range(JOBS) if number != 4}
    assert set(node.versions.values()) == {1}


def test_every_job_arrives_and_gets_its_outcome(spool: Spool, node: SmallNode) -> None:
    pauses = Pauses()
    upload_id = take_in(spool, node.url)

    assert drain(spool, node, upload_id, pauses) == (Ending.ANSWERED, JOBS)
    assert_complete(spool, node, upload_id)
    assert len(node.batches) == 3
    upload = spool.upload(upload_id)
    assert (upload.jobs, upload.answered, upload.stored, upload.refused) == (JOBS, JOBS, JOBS - 1, 1)


@pytest.mark.parametrize("seed", range(8))
def test_faults_of_every_kind_lose_and_double_nothing(spool: Spool, node: SmallNode, seed: int) -> None:
    random = Random(seed)
    node.shown_lines = random.choice([None, 1, 7])
    node.fail(random.choices(["cut", "cut after", "503", "429", "500", "408", "html", ""], k=40))
    upload_id = take_in(spool, node.url)

    assert drain(spool, node, upload_id, Pauses(), Patience(100_000)) == (Ending.ANSWERED, JOBS)
    assert_complete(spool, node, upload_id)


def test_an_acknowledgement_that_got_lost_is_asked_for_again_under_the_same_key(spool: Spool, node: SmallNode) -> None:
    node.fail(["cut after"])
    upload_id = take_in(spool, node.url)

    drain(spool, node, upload_id, Pauses())

    assert node.requests.count("POST /api/v1/batches") == 4
    assert len(node.batches) == 3


def test_pauses_grow_and_are_spread_by_chance(spool: Spool, node: SmallNode) -> None:
    node.fail(["503"] * 9)
    pauses = Pauses()

    drain(spool, node, take_in(spool, node.url), pauses)

    ceilings = [0.5, 1, 2, 4, 8, 16, 32, 60, 60]
    assert all(ceiling / 2 <= slept <= ceiling for slept, ceiling in zip(pauses.slept, ceilings, strict=True))
    assert len({Backoff().next_seconds(None) for _ in range(20)}) > 1


@pytest.mark.parametrize("as_date", [False, True])
def test_a_pause_the_node_asks_for_is_kept(spool: Spool, node: SmallNode, as_date: bool) -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=61), usegmt=True)
    node.retry_after = in_a_minute if as_date else "60"
    node.fail(["429"])
    pauses = Pauses()

    drain(spool, node, take_in(spool, node.url), pauses)

    assert 55 <= pauses.slept[0] <= 65


def test_patience_ends_and_the_rest_stays(spool: Spool, node: SmallNode) -> None:
    node.fail(["", *["503"] * 1000])
    pauses = Pauses()
    upload_id = take_in(spool, node.url)

    assert drain(spool, node, upload_id, pauses, Patience(300)) == (Ending.WAITING, 0)
    assert 200 < pauses.now <= 300
    node._faults.clear()
    assert drain(spool, node, upload_id, Pauses()) == (Ending.ANSWERED, JOBS)
    assert_complete(spool, node, upload_id)


def test_without_waiting_everything_is_handed_in_once(spool: Spool, node: SmallNode) -> None:
    pauses = Pauses()
    upload_id = take_in(spool, node.url)

    ending = drain(spool, node, upload_id, pauses, Patience(0, wait_for_outcomes=False))

    assert ending == (Ending.WAITING, 0)
    assert node.requests == ["POST /api/v1/batches"] * 3
    assert pauses.slept == []


def test_a_batch_that_is_refused_as_a_whole_ends_with_the_reason_beside_each_job(spool: Spool, node: SmallNode) -> None:
    node.fail(["422"])
    upload_id = take_in(spool, node.url)

    assert drain(spool, node, upload_id, Pauses()) == (Ending.ANSWERED, JOBS)
    fates = [result.fate for _place, result in sorted(spool.results(upload_id).items())]
    assert fates[:10] == [Fate.REFUSED] * 10
    assert fates[10:] == [Fate.CREATED] * 15


@pytest.mark.parametrize(("status", "raised"), [("401", SecretRefused), ("403", SecretRefused), ("404", Unknown)])
def test_a_wrong_secret_or_address_stops_at_once_and_keeps_all(
    spool: Spool, node: SmallNode, status: str, raised: type[NotAccepted]
) -> None:
    node.fail([status])
    upload_id = take_in(spool, node.url)

    with pytest.raises(raised):
        drain(spool, node, upload_id, Pauses())
    assert drain(spool, node, upload_id, Pauses()) == (Ending.ANSWERED, JOBS)


def test_a_node_that_forgot_the_batches_gets_them_again(spool: Spool, node: SmallNode) -> None:
    upload_id = take_in(spool, node.url)
    node.shown_lines = 4
    node.fail(["", "", "", "", "cut"])
    drain(spool, node, upload_id, Pauses(), Patience(0.01))
    node.batches.clear()
    node.by_key.clear()

    assert drain(spool, node, upload_id, Pauses())[0] is Ending.ANSWERED
    assert len(spool.results(upload_id)) == JOBS
    assert set(node.versions.values()) == {1}


class TestSpool:
    def test_a_file_that_is_on_its_way_is_not_taken_twice(self, spool: Spool, node: SmallNode) -> None:
        first = take_in(spool, node.url)

        assert take_in(spool, node.url) == first
        assert take_in(spool, "http://elsewhere.example") != first
        spool.finish(first, NOW)
        assert take_in(spool, node.url) != first

    def test_the_same_file_later_is_another_request(self, spool: Spool, node: SmallNode) -> None:
        """Records may have changed since: the node must judge it anew, not repeat an old answer."""
        first = take_in(spool, node.url)
        keys = {batch.key for batch in spool.batches(first)}
        drain(spool, node, first, Pauses())
        spool.finish(first, NOW)
        second = take_in(spool, node.url)

        assert keys.isdisjoint(batch.key for batch in spool.batches(second))
        drain(spool, node, second, Pauses())
        assert {result.fate for result in spool.results(second).values()} == {Fate.UNCHANGED, Fate.REFUSED}

    def test_what_is_answered_leaves_no_record_behind(self, spool: Spool, node: SmallNode, tmp_path: Path) -> None:
        upload_id = take_in(spool, node.url)
        drain(spool, node, upload_id, Pauses())
        spool.finish(upload_id, NOW)
        stored = sqlite3.connect(tmp_path / "spool" / "spool.sqlite")
        counts = stored.execute("select count(body), count(content) from job, upload").fetchone()
        stored.close()

        assert counts == (0, 0)
        assert spool.upload(upload_id).stored == JOBS - 1
        spool.remove_finished(NOW + timedelta(days=1))
        assert spool.uploads() == []

    def test_the_spool_is_closed_to_others_and_holds_no_secret(self, spool: Spool, node: SmallNode) -> None:
        take_in(spool, node.url)

        assert stat.S_IMODE(spool.directory.stat().st_mode) == 0o700
        for file in spool.directory.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
            assert SECRET.encode() not in file.read_bytes()

    def test_only_one_sends(self, spool: Spool) -> None:
        with spool.draining(), Spool(spool.directory) as other, pytest.raises(SpoolBusy), other.draining():
            pass

    def test_every_commit_is_flushed(self, spool: Spool) -> None:
        assert spool._database.execute("pragma journal_mode").fetchone() == ("wal",)
        assert spool._database.execute("pragma synchronous").fetchone() == (2,)


class TestSecret:
    def test_from_the_environment_or_a_closed_file(self, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.write_text(SECRET + "\n", encoding="ascii")
        file.chmod(0o600)

        assert read_secret(None, {"CHEDANG_UPLOAD_SECRET": SECRET}) == SECRET_PAIR
        assert read_secret(file, {}) == SECRET_PAIR
        assert SECRET not in repr(SECRET_PAIR)

    @pytest.mark.parametrize("make_open", [0o640, 0o604])
    def test_a_file_that_others_can_read_is_not_used(self, tmp_path: Path, make_open: int) -> None:
        file = tmp_path / "secret"
        file.write_text(SECRET, encoding="ascii")
        file.chmod(make_open)

        with pytest.raises(SecretUnusable, match="chmod 600"):
            read_secret(file, {})

    @pytest.mark.parametrize("text", ["", "cd_0123abcd_short", "Bearer " + SECRET])
    def test_what_is_no_secret_is_not_sent_and_not_repeated(self, text: str) -> None:
        with pytest.raises(SecretUnusable) as fault:
            read_secret(None, {"CHEDANG_UPLOAD_SECRET": text})
        assert not text or text not in str(fault.value)

    def test_a_file_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(SecretUnusable, match="读不了"):
            read_secret(tmp_path / "none", {})
