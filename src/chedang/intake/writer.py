"""The writer: a process beside the gate that commits its batches (ours).

Parsing and judging hold Python's lock; so does turning rows into statements. In one process each waits for the other,
and a second core stands idle; so the batches go over a pipe to a process that does nothing else. It ends with its gate,
and the gate starts another when it falls.

Frames are four bytes of length and a MessagePack body, one answer for each batch, in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import struct
import sys
from collections.abc import Awaitable, Sequence
from enum import Enum
from typing import Any, BinaryIO

import msgspec
import psycopg

from chedang.platform.database import Bounds, ServerSilent, connect, is_data_fault, is_unavailable
from chedang.platform.processes import die_with_parent
from chedang.records.store import Appended, NewVersion, append

_LENGTH = struct.Struct(">I")
_CONNECT_SECONDS = 2
"""Clients give up after three seconds; a database that is away must be told before."""
# The gate answers its clients in time by itself. These bounds free the writer of a database that hangs; they are well
# above what a slow disk needs for a full batch, since work that is cut short would have to be done again.
_BOUNDS = Bounds(statement_seconds=8.0, lock_seconds=1.0, answer_seconds=10.0)
_LONGEST_ANSWER_SECONDS = 2 * (_CONNECT_SECONDS + _BOUNDS.answer_seconds)


class StoreUnavailable(Exception):
    """The batch was not stored, or nobody knows; the same uploads can be sent again."""


class RowsRefused(Exception):
    """The batch was not stored, for the values of some row."""


class Failure(Enum):
    UNAVAILABLE = "unavailable"
    DATA = "data"
    OTHER = "other"


class Result(msgspec.Struct, array_like=True):
    """Answer of the writer: outcomes in the order of the batch, or why there are none."""

    appended: list[Appended]
    failure: Failure | None = None
    fault: str = ""
    """Name of the fault's class. Never its text: the driver quotes values of rows in it."""


_encode = msgspec.msgpack.Encoder().encode
_decode_batch = msgspec.msgpack.Decoder(list[NewVersion]).decode
_decode_result = msgspec.msgpack.Decoder(Result).decode


class Writer:
    """The gate's end: starts the process and hands it batches, one at a time.

    A process that has not answered a batch after ``longest_answer_seconds`` is stuck, and replaced.
    """

    def __init__(self, database_url: str, *, longest_answer_seconds: float = _LONGEST_ANSWER_SECONDS) -> None:
        self._database_url = database_url
        self._longest_answer_seconds = longest_answer_seconds
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process now, so that the first batch need not wait for it."""
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "chedang.intake.writer",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=os.environ | {"CHEDANG_DATABASE_URL": self._database_url},
            )

    def append(self, uploads: Sequence[NewVersion]) -> Awaitable[list[Appended]]:
        """Store a batch in one transaction. Not to be called while another call is under way.

        The batch is on its way when this returns, before it is awaited: while the gate reads the next requests, the
        writer works. To await raises StoreUnavailable, RowsRefused, or RuntimeError with a fault's name.
        """
        frame = _encode(uploads)
        frame = _LENGTH.pack(len(frame)) + frame
        return self._finish(None if self._sent(frame) else frame)

    def _sent(self, frame: bytes) -> bool:
        """Whether the process has it. One that fell while it had nothing to do has closed its pipe, and gets nothing.

        Event loops say so in different ways: asyncio with a warning or not at all, uvloop with RuntimeError.
        """
        if self._process is None or self._process.stdin is None or self._process.returncode is not None:
            return False
        try:
            self._process.stdin.write(frame)
        except (OSError, RuntimeError):
            return False
        return True

    async def _finish(self, unsent: bytes | None) -> list[Appended]:
        try:
            async with asyncio.timeout(self._longest_answer_seconds):
                result = await self._ask(unsent)
        except Exception as fault:  # too late, or the pipe broke, which event loops say in different ways
            await self.close()
            raise StoreUnavailable from fault
        match result.failure:
            case None:
                return result.appended
            case Failure.UNAVAILABLE:
                raise StoreUnavailable
            case Failure.DATA:
                raise RowsRefused
            case Failure.OTHER:
                raise RuntimeError(result.fault)

    async def close(self) -> None:
        """End the process; the next batch starts another."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _ask(self, unsent: bytes | None) -> Result:
        if unsent is not None:
            await self.close()  # the one that fell
        await self.start()
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:  # cannot be: all were just asked for
            raise BrokenPipeError
        batches, results = process.stdin, process.stdout
        if unsent is not None:
            batches.write(unsent)
        await batches.drain()
        (length,) = _LENGTH.unpack(await results.readexactly(_LENGTH.size))
        return _decode_result(await results.readexactly(length))


def serve(batches: BinaryIO, results: BinaryIO, database_url: str) -> None:
    """The process's end: answer batches until the gate closes the pipe."""
    connection: psycopg.Connection[Any] | None = None
    while len(head := batches.read(_LENGTH.size)) == _LENGTH.size:
        uploads = _decode_batch(batches.read(_LENGTH.unpack(head)[0]))
        connection, result = _store(connection, uploads, database_url)
        answer = _encode(result)
        results.write(_LENGTH.pack(len(answer)) + answer)
        results.flush()


def _store(
    connection: psycopg.Connection[Any] | None, uploads: list[NewVersion], database_url: str
) -> tuple[psycopg.Connection[Any] | None, Result]:
    """Store a batch; once more on a new connection when the old one broke, since to append again is harmless."""
    for is_last_try in (connection is None, True):
        try:
            if connection is None or connection.closed:
                connection = connect(
                    database_url,
                    name="chedang-gate-writer",
                    autocommit=True,
                    timeout_seconds=_CONNECT_SECONDS,
                    bounds=_BOUNDS,
                )
            return connection, Result(append(connection, uploads))
        except Exception as fault:  # whatever it is, the gate must get an answer
            is_broken = connection is not None and connection.closed and not isinstance(fault, ServerSilent)
            if is_last_try or not is_broken:
                return _usable(connection, fault), Result([], _failure(fault), type(fault).__name__)
    raise AssertionError("the last try returns")


def _usable(connection: psycopg.Connection[Any] | None, fault: Exception) -> psycopg.Connection[Any] | None:
    """The connection, unless the next batch should try another: that server may be full, locked or read-only."""
    if connection is None or not is_unavailable(fault):
        return connection
    connection.close()
    return None


def _failure(fault: Exception) -> Failure:
    if is_unavailable(fault):
        return Failure.UNAVAILABLE
    return Failure.DATA if is_data_fault(fault) else Failure.OTHER


def main() -> None:
    die_with_parent(signal.SIGKILL)
    # Ctrl-C reaches the whole group; the gate lets what is under way finish and then closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(sys.stdin.buffer, sys.stdout.buffer, os.environ["CHEDANG_DATABASE_URL"])


if __name__ == "__main__":
    main()
