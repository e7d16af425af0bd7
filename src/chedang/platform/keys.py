"""Secret keys of this node: one file per purpose under the data directory, made when first asked for."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

KEY_BYTES = 32

_PURPOSE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def node_key(data_dir: Path, purpose: str) -> bytes:
    """The node's key for ``purpose`` (for example ``access-token``): 32 random bytes, the same ever after.

    Kept in ``data_dir/keys/<purpose>``, readable by the owner only. Processes that ask at the same moment get
    the same key. Raises ValueError for a purpose that is not lower-case words joined by ``-`` and for a file
    that does not hold a key, OSError when the directory cannot be used.
    """
    if not _PURPOSE.fullmatch(purpose):
        raise ValueError(f"purpose of a key must be lower-case words joined by '-': {purpose!r}")
    path = data_dir / "keys" / purpose
    if not path.exists():
        _create(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path} holds {len(key)} bytes instead of {KEY_BYTES}: restore it from a backup")
    return key


def made_keys(data_dir: Path, beginning: str) -> list[str]:
    """Purposes that begin so and for which a key has been made, in no order."""
    return [path.name for path in (data_dir / "keys").glob(f"{beginning}*")]


def _create(path: Path) -> None:
    """Write a whole key beside ``path`` and link it there; whoever links first wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
        _sync_directory(path.parent)
    finally:
        draft.unlink()


def _sync_directory(directory: Path) -> None:
    """Make a new directory entry durable: a key lost in a power cut would end every token and login."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
