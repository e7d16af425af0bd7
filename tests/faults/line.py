"""A line between the gate and its database that can be cut, and on which everything can come to a halt."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

_RESET = struct.pack("ii", 1, 0)


class Line:
    """Forwards TCP connections to the server of ``database_url``; a context manager. Its own address is ``url``."""

    def __init__(self, database_url: str) -> None:
        parameters = conninfo_to_dict(database_url)
        self._server = f"{parameters['host']}/.s.PGSQL.{parameters.get('port', 5432)}"
        self._listener = socket.create_server(("127.0.0.1", 0))
        address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        parts = urlsplit(database_url)
        credentials = parts.netloc.rpartition("@")[0]
        self.url = f"postgresql://{credentials}@{address}{parts.path}?sslmode=disable&gssencmode=disable"
        self._flows = threading.Event()
        self._flows.set()
        self._is_closed = False
        self._ends: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Line:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed = True
        socket.create_connection(self._listener.getsockname()).close()
        self.cut()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @contextlib.contextmanager
    def stalled(self) -> Iterator[None]:
        """For the length of the block nothing arrives on either side, and nobody is told; afterwards all of it does.

        New connections fare the same.
        """
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    def cut(self) -> None:
        """Break all connections there are; new ones can be made."""
        for end in list(self._ends):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            client, _address = self._listener.accept()
            if self._is_closed:
                client.close()
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._server)
            except OSError:
                client.close()
                server.close()
                continue
            self._ends |= {client, server}
            for one, other in ((client, server), (server, client)):
                thread = threading.Thread(target=self._pump, args=(one, other))
                self._threads.append(thread)
                thread.start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := one.recv(65536):
                self._flows.wait()
                other.sendall(piece)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
        self._ends.discard(one)
        one.close()
