"""The settings under which the embedded server runs; written anew at every start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from chedang.platform.postgres.place import Place

_CGROUP_LIMIT: Final = Path("/sys/fs/cgroup/memory.max")


def configuration(place: Place) -> str:
    """Text of a ``postgresql.conf``: what initdb found out about the machine, then ours, then the operator's.

    Durability stays on. The server's log never holds a statement's values: they are vehicles and plates.
    """
    return f"""\
# Written by chedang at every start. Put settings of your own into local.conf beside this file.
include = {_quoted(place.data / "postgresql.conf")}

listen_addresses = ''
unix_socket_directories = {_quoted(place.socket_directory)}
unix_socket_permissions = 0700
max_connections = 60

shared_buffers = {_shared_buffers_mib()}MB
max_wal_size = 4GB
# After a checkpoint the first change of a page writes the page whole. With millions of records nearly every upload
# changes such pages; compressing them in this build's only way cost more than all the rest, so they are few instead.
checkpoint_timeout = 15min
wal_compression = off
fsync = on
synchronous_commit = on
full_page_writes = on

timezone = 'UTC'
log_timezone = 'UTC'

logging_collector = on
log_directory = {_quoted(place.log)}
log_filename = 'postgresql-%u.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_checkpoints = off
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0

include_if_exists = {_quoted(place.base / "local.conf")}
"""


def _shared_buffers_mib() -> int:
    """An eighth of the memory this process may use, 128 MiB to 4 GiB; it is taken only as it fills."""
    eighth = _memory_bytes() // 8 // 2**20
    return max(128, min(eighth, 4096))


def _memory_bytes() -> int:
    """Memory of the machine, or what a container leaves us of it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = _CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return memory
    return min(memory, int(limit)) if limit.isdigit() else memory


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"
