"""The spool: what is to be sent lies on disk, flushed, before the first byte of it leaves, and until it is answered.

One SQLite file in a directory that only its owner may enter; it holds VINs and plates. ``kill -9`` and power cuts
leave it whole: every change is one transaction, written ahead and synchronised.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import NamedTuple, Self
from uuid import uuid4

import msgspec

from chedang.intake.files.model import FileJob
from chedang.intake.files.verdicts import Fate, JobResult, Remark

_BATCH_LINES = 2_000
_BATCH_BYTES = 4 * 1024 * 1024
_FILE = "spool.sqlite"
_LOCK = "drain.lock"
_WAIT_FOR_WRITER_SECONDS = 30

_encode = msgspec.json.encode
_decode_remarks = msgspec.json.Decoder(list[Remark]).decode


class SpoolBusy(Exception):
    """Another process is sending from this spool."""


class Upload(NamedTuple):
    """One file in the spool."""

    upload_id: int
    server: str
    secret_id: str
    file_name: str
    answer_path: str
    answer_wanted: int
    """1: the answer is to be written even when there is nothing to mend."""
    created_at: str
    is_finished: int
    """1 or 0, as SQLite has it."""
    jobs: int
    """Jobs to be sent; those that the file itself has spoilt are not among them."""
    answered: int
    stored: int
    refused: int


class Batch(NamedTuple):
    """Lines that go to the node together."""

    upload_id: int
    batch: int
    key: str
    remote_id: str | None
    answered: int
    lines: int

    @property
    def is_done(self) -> bool:
        return self.answered >= self.lines


class Spool:
    """An open spool. Not to be shared between threads."""

    def __init__(self, directory: Path) -> None:
        """Open or make the spool in ``directory``. Raises OSError or sqlite3.Error when that cannot be."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory = directory
        file = directory / _FILE
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        self._database = sqlite3.connect(file, timeout=_WAIT_FOR_WRITER_SECONDS, isolation_level=None)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = full")
        self._database.execute("pragma foreign_keys = on")
        self._database.execute("pragma secure_delete = on")
        schema = resources.files("chedang.intake.uploader").joinpath("sql", "schema.sql").read_text(encoding="utf-8")
        self._database.executescript(schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    @contextmanager
    def draining(self) -> Iterator[None]:
        """Be the one process that sends from this spool. Raises SpoolBusy; the lock ends with the process."""
        with (self.directory / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                raise SpoolBusy from fault
            yield

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._database.execute("begin immediate")
        try:
            yield self._database
        except BaseException:
            self._database.execute("rollback")
            raise
        self._database.execute("commit")

    def add(
        self,
        content: bytes,
        jobs: Sequence[FileJob],
        *,
        server: str,
        secret_id: str,
        file_name: str,
        answer_path: str,
        answer_wanted: bool,
        now: datetime,
    ) -> int:
        """Take a file and its jobs in; on return they are on disk. Gives the identifier of the upload.

        A file that is still being uploaded to this server is not taken a second time.
        """
        digest = hashlib.sha256(content).hexdigest()
        with self._transaction() as database:
            known = database.execute(
                "select upload_id from upload where server = ? and digest = ? and finished_at is null", (server, digest)
            ).fetchone()
            if known is not None:
                return int(known[0])
            nonce = uuid4().hex
            added = database.execute(
                "insert into upload"
                " (nonce, server, secret_id, file_name, digest, content, answer_path, answer_wanted, created_at)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    nonce,
                    server,
                    secret_id,
                    file_name,
                    digest,
                    content,
                    answer_path,
                    int(answer_wanted),
                    now.isoformat(),
                ),
            )
            upload_id = int(added.lastrowid or 0)
            lines = [(place, _encode(job.text)) for place, job in enumerate(jobs) if job.text is not None]
            for number, batch in enumerate(_split(lines)):
                _insert_batch(database, upload_id, nonce, number, batch)
        return upload_id

    def uploads(self, *, only_open: bool = False) -> list[Upload]:
        """Files in the spool, oldest first."""
        rows = self._database.execute(
            "select upload_id, server, secret_id, file_name, answer_path, answer_wanted, created_at,"
            " finished_at is not null, count(job.place), count(job.place) filter (where fate <> 'waiting'),"
            " count(job.place) filter (where fate in ('created', 'unchanged', 'amended')),"
            " count(job.place) filter (where fate = 'refused')"
            " from upload left join job using (upload_id) where ? = 0 or finished_at is null"
            " group by upload_id order by upload_id",
            (int(only_open),),
        )
        return [Upload(*row) for row in rows]

    def upload(self, upload_id: int) -> Upload:
        """One file in the spool. Raises KeyError."""
        for upload in self.uploads():
            if upload.upload_id == upload_id:
                return upload
        raise KeyError(upload_id)

    def batches(self, upload_id: int) -> list[Batch]:
        rows = self._database.execute(
            "select upload_id, batch, key, remote_id, answered, lines from batch where upload_id = ? order by batch",
            (upload_id,),
        )
        return [Batch(*row) for row in rows]

    def body(self, batch: Batch) -> bytes:
        """The lines of a batch as they are sent: the same bytes every time until it is done."""
        rows = self._database.execute(
            "select body from job where upload_id = ? and batch = ? order by line", (batch.upload_id, batch.batch)
        )
        return b"".join(body + b"\n" for (body,) in rows)

    def acknowledge(self, batch: Batch, remote_id: str) -> Batch:
        """The node has the batch."""
        self._database.execute(
            "update batch set remote_id = ? where upload_id = ? and batch = ?",
            (remote_id, batch.upload_id, batch.batch),
        )
        return batch._replace(remote_id=remote_id)

    def forget(self, batch: Batch) -> Batch:
        """The node knows nothing of the batch any more: it is to be sent again, under the same key."""
        with self._transaction() as database:
            database.execute(
                "update batch set remote_id = null, answered = 0 where upload_id = ? and batch = ?",
                (batch.upload_id, batch.batch),
            )
        return batch._replace(remote_id=None, answered=0)

    def answer(self, batch: Batch, results: Sequence[JobResult]) -> Batch:
        """Keep the results of the next lines of a batch; the bodies go when the last one is there."""
        answered = batch.answered + len(results)
        with self._transaction() as database:
            database.executemany(
                "update job set fate = ?, remarks = ? where upload_id = ? and batch = ? and line = ?",
                [
                    (result.fate.value, _encode(result.remarks), batch.upload_id, batch.batch, line)
                    for line, result in enumerate(results, batch.answered + 1)
                ],
            )
            database.execute(
                "update batch set answered = ? where upload_id = ? and batch = ?",
                (answered, batch.upload_id, batch.batch),
            )
            if answered >= batch.lines:
                database.execute(
                    "update job set body = null where upload_id = ? and batch = ?", (batch.upload_id, batch.batch)
                )
        return batch._replace(answered=answered)

    def results(self, upload_id: int) -> dict[int, JobResult]:
        """Results by place of the job in its file; only those that are there."""
        rows = self._database.execute(
            "select place, fate, remarks from job where upload_id = ? and fate <> 'waiting'", (upload_id,)
        )
        return {place: JobResult(Fate(fate), tuple(_decode_remarks(remarks))) for place, fate, remarks in rows}

    def content(self, upload_id: int) -> bytes | None:
        """The file as it was, ``None`` once it is finished."""
        row = self._database.execute("select content from upload where upload_id = ?", (upload_id,)).fetchone()
        return None if row is None else row[0]

    def finish(self, upload_id: int, now: datetime) -> None:
        """Everything is answered and the answer written: keep the counts only."""
        with self._transaction() as database:
            database.execute(
                "update upload set finished_at = ?, content = null where upload_id = ?", (now.isoformat(), upload_id)
            )
            database.execute("update job set remarks = x'5b5d' where upload_id = ?", (upload_id,))

    def remove_finished(self, before: datetime) -> None:
        """Drop what was finished before a moment."""
        with closing(self._database.cursor()) as cursor:
            cursor.execute("delete from upload where finished_at < ?", (before.isoformat(),))


def _split(lines: Sequence[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """Lines in batches of bounded count and size."""
    batch: list[tuple[int, bytes]] = []
    size = 0
    for place, line in lines:
        if batch and (len(batch) == _BATCH_LINES or size + len(line) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((place, line))
        size += len(line)
    if batch:
        yield batch


def _insert_batch(
    database: sqlite3.Connection, upload_id: int, nonce: str, number: int, lines: Sequence[tuple[int, bytes]]
) -> None:
    content = hashlib.sha256(nonce.encode())
    for _place, line in lines:
        content.update(line + b"\n")
    database.execute(
        "insert into batch (upload_id, batch, key, lines) values (?, ?, ?, ?)",
        (upload_id, number, content.hexdigest(), len(lines)),
    )
    database.executemany(
        "insert into job (upload_id, place, batch, line, body) values (?, ?, ?, ?, ?)",
        [(upload_id, place, number, line, body) for line, (place, body) in enumerate(lines, 1)],
    )
