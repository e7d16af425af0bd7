"""A small HTTP server that answers as the native interface does, keeps records by number, and fails when told to."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "cd_0123abcd_" + "s" * 43
PROBLEM = {"title": "不能受理", "status": 422, "code": "NOT_ACCEPTABLE", "detail": "这一批不能受理", "hint": "请改正"}


class SmallNode:
    """What it stored, and what it does to the next requests: an HTTP status, ``cut``, ``cut after`` or ``html``."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.versions: Counter[str] = Counter()
        self.batches: dict[str, list[dict[str, Any]]] = {}
        self.by_key: dict[str, str] = {}
        self.requests: list[str] = []
        self.secrets: set[str] = {SECRET}
        self.shown_lines: int | None = None
        """How many outcomes an answer shows; ``None`` for all."""
        self.retry_after: str | None = None
        self._faults: list[str] = []
        self._lock = threading.Lock()
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                node._serve(self)

            def do_GET(self) -> None:
                node._serve(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> SmallNode:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def fail(self, faults: Iterable[str]) -> None:
        """Do these to the next requests, one each."""
        with self._lock:
            self._faults += faults

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        with self._lock:
            fault = self._faults.pop(0) if self._faults else ""
            path = urlsplit(request.path)
            self.requests.append(f"{request.command} {path.path}")
            if fault == "cut":
                self._cut(request)
                return
            if fault == "html":
                self._answer(request, 200, b"<html>please log in to the hotel</html>")
                return
            if fault.isdigit():
                self._answer(request, int(fault), json.dumps(PROBLEM | {"status": int(fault)}).encode())
                return
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.secrets:
                self._answer(request, 401, b"{}")
                return
            status, answer = self._do(request, path.path, parse_qs(path.query), body)
            if fault == "cut after":
                self._cut(request)
                return
        self._answer(request, status, answer)

    def _do(
        self, request: BaseHTTPRequestHandler, path: str, query: dict[str, list[str]], body: bytes
    ) -> tuple[int, bytes]:
        pieces = path.removeprefix("/api/v1/").split("/")
        if pieces == ["records", "check"]:
            record = json.loads(body)
            refused = record["vehicleplatenumber"] == "拒"
            known = record["costlistcode"] in self.records
            would = "refuse" if refused else "unchanged" if known else "create"
            return 200, json.dumps({"would": would, "findings": self._findings(record)}).encode()
        if pieces == ["batches"]:
            return 202, json.dumps({"batch_id": self._take(request.headers["Idempotency-Key"], body)}).encode()
        if len(pieces) == 3 and pieces[1] in self.batches and pieces[2] == "outcomes":
            lines = self.batches[pieces[1]][int(query["from_line"][0]) - 1 :][: self.shown_lines]
            return 200, b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        return 404, b"{}"

    def _take(self, key: str, body: bytes) -> str:
        if key not in self.by_key:
            batch_id = f"b{len(self.batches)}"
            self.by_key[key] = batch_id
            self.batches[batch_id] = [
                self._store(number, json.loads(line)) for number, line in enumerate(body.splitlines(), 1)
            ]
        return self.by_key[key]

    def _store(self, line: int, record: dict[str, Any]) -> dict[str, Any]:
        number = record["costlistcode"]
        outcome = {"line": line, "costlistcode": number, "findings": self._findings(record), "problem": None}
        if record["vehicleplatenumber"] == "拒":
            return outcome | {"outcome": "refused", "problem": PROBLEM}
        if self.records.get(number) == record:
            return outcome | {"outcome": "unchanged"}
        kind = "amended" if number in self.records else "created"
        self.records[number] = record
        self.versions[number] += 1
        return outcome | {"outcome": kind}

    def _findings(self, record: dict[str, Any]) -> list[dict[str, str]]:
        if record["repairmileage"]:
            return []
        finding = {"code": "MILEAGE_MISSING", "level": "error", "pointer": "/repairmileage"}
        return [finding | {"message": "没有填写送修里程。", "hint": "请补填。", "documentation": "/docs"}]

    def _answer(self, request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        request.send_response(status)
        if self.retry_after is not None:
            request.send_header("Retry-After", self.retry_after)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _cut(self, request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        request.connection.shutdown(socket.SHUT_RDWR)
