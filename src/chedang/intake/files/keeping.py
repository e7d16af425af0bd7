"""Files that shops gave to the site, for as long as their answers may be fetched: encrypted, 24 hours at most.

They may hold columns about people that nobody asked for; those are in no place but here. Each file lies under its
shop's code, and what is sealed names shop and file, so that one shop's file cannot be opened as another's.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chedang.intake.files.model import FileJob, Layout
from chedang.platform.keys import node_key

KEPT: Final = timedelta(hours=23)
"""How long a file can be asked for. What is older is removed every hour, so that none is there for a day."""
MOST_FILES: Final = 10
"""Files of one shop that are kept at the same time; the oldest that were read make room."""

_FOLDER: Final = "uploaded-files"
_PURPOSE: Final = "uploaded-files"
_NONCE_BYTES: Final = 12
_CODE: Final = re.compile(r"[0-9A-Za-z]{1,32}")
_CONTENT: Final = "content"
_STATE: Final = "state"


class TooManyFiles(Exception):
    """This shop has given more files than are read."""


class KeptState(msgspec.Struct, frozen=True):
    """What is known of one file. ``jobs`` are without their records, which stand in the batch."""

    name: str
    uploaded_by: str
    received_at: datetime
    is_read: bool = False
    problem: str = ""
    """Why the file as a whole cannot be used, as a sentence."""
    batch_id: UUID | None = None
    layout: Layout | None = None
    rows: int = 0
    jobs: tuple[FileJob, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def sent_places(self) -> tuple[int, ...]:
        """Place in ``jobs`` of each line of the batch."""
        return tuple(place for place, job in enumerate(self.jobs) if not job.findings)


class Keeper:
    """The kept files of one node."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / _FOLDER
        self._cipher = AESGCM(node_key(data_dir, _PURPOSE))

    def add(self, company_code: str, content: bytes, *, name: str, uploaded_by: str, now: datetime) -> UUID:
        """Keep a file. Raises TooManyFiles, OSError."""
        self._make_room(company_code, now)
        file_id = uuid4()
        folder = self._path(company_code, file_id)
        folder.mkdir(mode=0o700, parents=True)
        self._write(company_code, file_id, _STATE, _encode(KeptState(name, uploaded_by, now)))
        self._write(company_code, file_id, _CONTENT, content)
        return file_id

    def state(self, company_code: str, file_id: UUID, now: datetime) -> KeptState | None:
        """What is known of a file; ``None`` for one that is not this shop's, was never there or is too old."""
        raw = self._read(company_code, file_id, _STATE)
        state = None if raw is None else _decode(raw)
        return None if state is None or now - state.received_at >= KEPT else state

    def content(self, company_code: str, file_id: UUID, now: datetime) -> bytes | None:
        """The file as it came, under the same conditions."""
        return None if self.state(company_code, file_id, now) is None else self._read(company_code, file_id, _CONTENT)

    def replace_state(self, company_code: str, file_id: UUID, state: KeptState) -> None:
        """Write down what was found out."""
        self._write(company_code, file_id, _STATE, _encode(state))

    def list_of(self, company_code: str, now: datetime) -> list[tuple[UUID, KeptState]]:
        """Files of one shop, newest first."""
        found = [(file_id, self.state(company_code, file_id, now)) for file_id in self._ids(company_code)]
        kept = [(file_id, state) for file_id, state in found if state is not None]
        return sorted(kept, key=lambda pair: pair[1].received_at, reverse=True)

    def remove_old(self, now: datetime) -> int:
        """Remove what is too old, whoever's it is; gives how many files went."""
        removed = 0
        for folder in self._folder.glob("*/*"):
            # The content is written once, when the file comes.
            came_at = _modified_at(folder / _CONTENT, folder)
            if came_at is not None and now.timestamp() - came_at >= KEPT.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        return removed

    def _make_room(self, company_code: str, now: datetime) -> None:
        files = self.list_of(company_code, now)
        readable = [file_id for file_id, state in files if state.is_read]
        while len(files) >= MOST_FILES:
            if not readable:
                raise TooManyFiles
            oldest = readable.pop()
            shutil.rmtree(self._path(company_code, oldest), ignore_errors=True)
            files = [pair for pair in files if pair[0] != oldest]

    def _path(self, company_code: str, file_id: UUID) -> Path:
        if not _CODE.fullmatch(company_code):
            raise ValueError("not the code of an enterprise")
        return self._folder / company_code / str(file_id)

    def _ids(self, company_code: str) -> Iterator[UUID]:
        for folder in self._path(company_code, uuid4()).parent.glob("*-*"):
            yield UUID(folder.name)

    def _read(self, company_code: str, file_id: UUID, kind: str) -> bytes | None:
        try:
            sealed = (self._path(company_code, file_id) / kind).read_bytes()
            return self._cipher.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(company_code, file_id, kind)
            )
        except (FileNotFoundError, InvalidTag):
            return None

    def _write(self, company_code: str, file_id: UUID, kind: str, content: bytes) -> None:
        """Whole or not at all."""
        path = self._path(company_code, file_id) / kind
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, content, _bound_to(company_code, file_id, kind))
        draft = path.with_name(f".{kind}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
        draft.replace(path)


def _bound_to(company_code: str, file_id: UUID, kind: str) -> bytes:
    return f"{company_code}/{file_id}/{kind}".encode()


def _modified_at(*paths: Path) -> float | None:
    for path in paths:
        try:
            return path.stat().st_mtime
        except FileNotFoundError:
            continue
    return None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(KeptState).decode
