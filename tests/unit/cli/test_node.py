"""The node's supervisor on a full disk: neither its own words nor the server's files can be written."""

from __future__ import annotations

import errno
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from rich.console import Console

from chedang.cli.node import Node
from chedang.platform.postgres import Cluster
from chedang.platform.settings import Settings


class NoRoom(Cluster):
    """A server that has fallen, and for whose files there is no room."""

    tried = 0

    def start(self) -> str:
        self.tried += 1
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_node_goes_on_trying_while_nothing_can_be_written(tmp_path: Path) -> None:
    server = NoRoom(tmp_path)
    goes_on = False
    with suppress(OSError), Path("/dev/full").open("w", buffering=1) as full:  # closing it fails in any case
        node = Node(Settings.from_environment({"CHEDANG_DATA_DIR": str(tmp_path)}), Console(file=full), ExitStack())
        node._cluster = server
        while server.tried < 1:  # the time limit of every test ends an endless wait
            node._watch()
            time.sleep(0.05)
        node._watch()
        goes_on = True
    assert goes_on
