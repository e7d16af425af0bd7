"""The node's database for one command, and how a command says that it cannot do what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console

from chedang.enterprises.accounts import SecretBox
from chedang.enterprises.store import Connection
from chedang.platform.database import connect, lacks_schema
from chedang.platform.keys import node_key
from chedang.platform.postgres import open_database
from chedang.platform.settings import Settings


@contextmanager
def open_archive() -> Iterator[Connection]:
    """A connection to the database of this environment's node, whether or not the node runs.

    Ends the command with a sentence when the database has no tables. Raises SettingsError, PostgresError.
    """
    settings = Settings.from_environment()
    with open_database(settings) as url, connect(url, name="chedang-cli", autocommit=True) as connection:
        try:
            yield connection
        except Exception as fault:
            if not lacks_schema(fault):
                raise
            fail("数据库里还没有表，请先运行 chedang migrate (the database has no tables yet: run chedang migrate)")


def machine_secrets() -> SecretBox:
    """Seals and opens the shared secrets of this environment's node."""
    return SecretBox(node_key(Settings.from_environment().data_dir, "machine-secrets"))


def fail(sentence: str) -> NoReturn:
    """Say on stderr why nothing was done, and end with exit code 1."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(sentence, markup=False)
    raise typer.Exit(1)
