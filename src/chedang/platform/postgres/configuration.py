"""The settings under which the embedded server runs; written anew at every start."""

from __future__ import annotations

from pathlib import Path

from chedang.platform.postgres.place import Place


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

shared_buffers = 256MB
max_wal_size = 4GB
wal_compression = on
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


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'"
