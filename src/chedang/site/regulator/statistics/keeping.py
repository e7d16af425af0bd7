"""Files that officers had made, for the day that they may be fetched: sealed, each under the account that asked.

No Django: the worker removes old ones. A file is whole or not there; what was cut off leaves a draft that goes with it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec

from chedang.platform.sealing import CannotOpen, Sealer
from chedang.terms.dates import SHANGHAI

KEPT: Final = timedelta(hours=24)
"""How long a file can be fetched after it was asked for."""
MOST_UNFINISHED: Final = 2
"""Files of one officer that are being made at the same time."""
MOST_KEPT: Final = 20
"""Files of one officer; the oldest that are finished make room."""
MOST_TRIES: Final = 3
"""How often the making of one is begun, should it be cut off."""

_FOLDER: Final = "officer-exports"
_CONTENT: Final = "content"
_STATE: Final = "state"
_LOCK: Final = "lock"


class TooManyExports(Exception):
    """This officer has as many being made as may be."""


class ExportState(msgspec.Struct, frozen=True):
    """What is known of one file."""

    key: str
    title: str
    params: dict[str, str]
    ending: str
    """``xlsx`` or ``csv``."""
    language: str
    asked_at: datetime
    rows: int = 0
    """Written so far."""
    expected: int | None = None
    tries: int = 0
    done_at: datetime | None = None
    size_bytes: int = 0
    problem: str = ""
    """Why there will be no file, as a sentence."""
    division_code: str | None = None
    """Of the officer when it was asked for: who answers for another one since is not given it."""

    @property
    def is_finished(self) -> bool:
        """Made, or given up."""
        return self.done_at is not None

    @property
    def is_ready(self) -> bool:
        """To be fetched."""
        return self.done_at is not None and not self.problem

    @property
    def name(self) -> str:
        """Of the file."""
        return f"{self.title}-{self.asked_at.astimezone(SHANGHAI):%Y%m%d-%H%M}.{self.ending}"

    @property
    def until(self) -> datetime:
        """When it goes."""
        return self.asked_at + KEPT


class ExportFiles:
    """The kept files of one node."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / _FOLDER
        self._sealer = Sealer(data_dir, _FOLDER)

    def add(self, officer: int, state: ExportState) -> UUID:
        """Write a wish down; one that is the same as a wish still unfinished is that one. Raises TooManyExports."""
        with self._alone(officer):
            return self._add(officer, state)

    def _add(self, officer: int, state: ExportState) -> UUID:
        kept = self.list_of(officer, state.asked_at)
        unfinished = [(export_id, each) for export_id, each in kept if not each.is_finished]
        for export_id, each in unfinished:
            if _wish(each) == _wish(state):
                return export_id
        if len(unfinished) >= MOST_UNFINISHED:
            raise TooManyExports
        finished = [export_id for export_id, each in kept if each.is_finished]
        for export_id in finished[MOST_KEPT - 1 :]:
            shutil.rmtree(self._path(officer, export_id), ignore_errors=True)
        export_id = uuid4()
        self._path(officer, export_id).mkdir(mode=0o700, parents=True)
        self.write_state(officer, export_id, state)
        return export_id

    def state(self, officer: int, export_id: UUID, now: datetime) -> ExportState | None:
        """What is known; ``None`` for one that is another officer's, was never there or is too old."""
        raw = self._read(officer, export_id, _STATE)
        state = None if raw is None else _decode(raw)
        return None if state is None or now >= state.until else state

    def content(self, officer: int, export_id: UUID, now: datetime) -> bytes | None:
        """The file, under the same conditions."""
        state = self.state(officer, export_id, now)
        return self._read(officer, export_id, _CONTENT) if state is not None and state.is_ready else None

    def list_of(self, officer: int, now: datetime) -> list[tuple[UUID, ExportState]]:
        """Files of one officer, newest first."""
        ids = [UUID(folder.name) for folder in (self._folder / str(officer)).glob("*-*")]
        found = [(export_id, self.state(officer, export_id, now)) for export_id in ids]
        kept = [(export_id, state) for export_id, state in found if state is not None]
        return sorted(kept, key=lambda pair: (pair[1].asked_at, pair[0]), reverse=True)

    def write_state(self, officer: int, export_id: UUID, state: ExportState) -> None:
        """Write down how far it is."""
        self._write(officer, export_id, _STATE, _encode(state))

    def keep(self, officer: int, export_id: UUID, draft: Path, state: ExportState) -> None:
        """Take the file that was made, then say so."""
        self._write(officer, export_id, _CONTENT, draft.read_bytes())
        self.write_state(officer, export_id, state)

    @contextmanager
    def making(self, officer: int, export_id: UUID) -> Iterator[Path]:
        """The only maker of this file for the length of the block; waits for another. Gives a place for drafts.

        The kernel lets the lock go with the process that holds it, however that ends. Raises FileNotFoundError for
        a file that is gone.
        """
        folder = self._path(officer, export_id)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            drafts = folder / "drafts"
            shutil.rmtree(drafts, ignore_errors=True)
            drafts.mkdir(mode=0o700)
            yield drafts
            shutil.rmtree(drafts, ignore_errors=True)
        finally:
            os.close(descriptor)

    @contextmanager
    def _alone(self, officer: int) -> Iterator[None]:
        """Of wishes of one officer at once each sees those before it."""
        folder = self._folder / str(officer)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def remove_old(self, now: datetime) -> int:
        """Remove what is too old, whoever's it is; gives how many files went."""
        removed = 0
        for folder in self._folder.glob("*/*-*"):
            officer, export_id = int(folder.parent.name), UUID(folder.name)
            # A folder without a state that can be read is being made just now, or was spoilt: it goes by its own age.
            state = self.state(officer, export_id, now)
            if state is None and (self._read(officer, export_id, _STATE) or _is_old(folder, now)):
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        return removed

    def _path(self, officer: int, export_id: UUID) -> Path:
        return self._folder / str(officer) / str(export_id)

    def _read(self, officer: int, export_id: UUID, kind: str) -> bytes | None:
        try:
            return self._sealer.open(
                (self._path(officer, export_id) / kind).read_bytes(), f"{officer}/{export_id}/{kind}"
            )
        except (FileNotFoundError, CannotOpen):
            return None

    def _write(self, officer: int, export_id: UUID, kind: str, content: bytes) -> None:
        """Whole or not at all."""
        path = self._path(officer, export_id) / kind
        draft = path.with_name(f".{kind}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self._sealer.seal(content, f"{officer}/{export_id}/{kind}"))
        draft.replace(path)


def _wish(state: ExportState) -> tuple[str, dict[str, str], str, str]:
    return state.key, state.params, state.ending, state.language


def _is_old(folder: Path, now: datetime) -> bool:
    try:
        return now.timestamp() - folder.stat().st_mtime >= KEPT.total_seconds()
    except FileNotFoundError:
        return False


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(ExportState).decode
