"""Databases for a simulated network: one throw-away server, a database per node, emptied between two simulations."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from chedang.platform.postgres import Cluster

_TEMPLATE: Final = "simulated_template"
# What a simulation stores need not survive a power cut; each node's processes hold a handful of connections.
_CONFIGURATION: Final = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nmax_connections = 400\n"
_FILLED: Final = """
    select format('%I.%I', schemaname, tablename) from pg_tables
    where schemaname = 'public' and tablename !~ '^(django|auth|access)_' and tablename <> 'enterprise_serial'"""


@contextmanager
def simulated_databases(codes: Sequence[str], migrate: Callable[[str], None]) -> Iterator[Mapping[str, str]]:
    """Node code → URL of a migrated database; all of it is removed at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="chedang-simulation-") as name:
        directory = Path(name)
        directory.chmod(0o755)  # the embedded server of a root user runs under another account
        with Cluster(directory):
            pass
        (directory / "postgres" / "local.conf").write_text(_CONFIGURATION, encoding="ascii")
        with Cluster(directory) as cluster:
            _create(cluster.url, _TEMPLATE, "template0")
            migrate(_url(cluster.url, _TEMPLATE))
            for code in codes:
                _create(cluster.url, f"node_{code}", _TEMPLATE)
            yield {code: _url(cluster.url, f"node_{code}") for code in codes}
        shutil.rmtree((directory / "postgres").resolve(), ignore_errors=True)


def empty(databases: Mapping[str, str]) -> None:
    """Nodes as they are before anything happened to them."""
    for url in databases.values():
        with psycopg.connect(url, autocommit=True) as connection:
            tables = ", ".join(name for (name,) in connection.execute(_FILLED))
            connection.execute(sql.SQL("truncate {} restart identity").format(sql.SQL(tables)))


def _create(server_url: str, name: str, template: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _url(server_url: str, name: str) -> str:
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()
