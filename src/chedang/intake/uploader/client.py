"""The calls of the native interface that an upload needs, and what each answer means for the next step."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from chedang.intake.files.verdicts import Fate, JobResult, Remark
from chedang.intake.uploader.secret import Secret
from chedang.records.model import Level

_TIMEOUT_SECONDS = 30.0
_LONGEST_RETRY_SECONDS = 3600.0
_TRANSIENT = frozenset({408, 425, 429})
_CHECK_FATES = {"create": Fate.CREATED, "unchanged": Fate.UNCHANGED, "amend": Fate.AMENDED, "refuse": Fate.REFUSED}


class Unavailable(Exception):
    """The node cannot answer now: try again, not before ``retry_after_seconds`` when that is given."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class NotAccepted(Exception):
    """The node refuses this very request, now and later; ``str()`` is the reason in Chinese."""


class Unknown(NotAccepted):
    """The node knows nothing under this address."""


class SecretRefused(NotAccepted):
    """The node does not take the secret."""


class _FindingJson(msgspec.Struct):
    message: str = ""
    hint: str = ""
    level: Level = Level.ERROR
    pointer: str = ""


class _ProblemJson(msgspec.Struct):
    title: str = ""
    detail: str = ""
    hint: str = ""
    findings: tuple[_FindingJson, ...] = ()


class _OutcomeJson(msgspec.Struct):
    line: int
    outcome: Fate
    findings: tuple[_FindingJson, ...] = ()
    problem: _ProblemJson | None = None


class _CheckJson(msgspec.Struct):
    would: str
    findings: tuple[_FindingJson, ...] = ()


class _BatchJson(msgspec.Struct):
    batch_id: str


Expected = TypeVar("Expected")

_decode_outcome = msgspec.json.Decoder(_OutcomeJson).decode


class NodeClient:
    """Speaks to one node as one shop."""

    def __init__(self, server: str, secret: Secret, transport: httpx.BaseTransport | None = None) -> None:
        """``server`` is the address under which ``/api/v1`` stands, ``…/sandbox`` for the sandbox."""
        self._http = httpx.Client(
            base_url=server.rstrip("/") + "/api/v1/",
            headers={"Authorization": f"Bearer {secret.text}", "User-Agent": "chedang-upload"},
            timeout=_TIMEOUT_SECONDS,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def send_batch(self, body: bytes, key: str) -> str:
        """Hand a batch in; gives the node's identifier of it, the same for the same key."""
        answer = self._call(
            "POST", "batches", content=body, headers={"Content-Type": "application/x-ndjson", "Idempotency-Key": key}
        )
        return _convert(answer, _BatchJson).batch_id

    def outcomes(self, remote_id: str, from_line: int) -> list[JobResult]:
        """Results of the lines from ``from_line`` on, without a gap, as far as the node has dealt with them."""
        answer = self._call("GET", f"batches/{remote_id}/outcomes", params={"from_line": str(from_line)})
        try:
            return list(_read_outcomes(answer.content, from_line))
        except msgspec.MsgspecError as fault:
            raise Unavailable("对方的回答不完整") from fault

    def check(self, record: bytes) -> JobResult:
        """What the node would do with one record; nothing is stored."""
        try:
            answer = self._call("POST", "records/check", content=record, headers={"Content-Type": "application/json"})
        except (Unknown, SecretRefused):
            raise
        except NotAccepted as fault:
            return refused(str(fault))
        found = _convert(answer, _CheckJson)
        return JobResult(_CHECK_FATES.get(found.would, Fate.REFUSED), tuple(_remarks(found.findings)))

    def _call(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, path, **request)
        except (httpx.TransportError, httpx.DecodingError) as fault:
            raise Unavailable("网络不通或对方没有应答") from fault
        status = answer.status_code
        if status in _TRANSIENT or status >= 500:
            raise Unavailable(f"对方忙（{status}）", _retry_after_seconds(answer))
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise SecretRefused(_reason(answer) or "上传密钥无效、已到期或没有权限")
        if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE, httpx.codes.METHOD_NOT_ALLOWED}:
            raise Unknown(_reason(answer) or f"这个地址没有上传接口（{status}）")
        if status >= 400:
            raise NotAccepted(_reason(answer) or f"对方拒收（{status}）")
        if not 200 <= status < 300:
            raise Unavailable(f"得到的不是上传接口的回答（{status}）")
        return answer


def refused(reason: str) -> JobResult:
    """A job that the node does not take, for one reason."""
    return JobResult(Fate.REFUSED, (Remark(Level.ERROR, "", reason),))


def _read_outcomes(lines: bytes, from_line: int) -> Iterator[JobResult]:
    expected = from_line
    for raw in lines.splitlines():
        if not raw.strip():
            continue
        outcome = _decode_outcome(raw)
        if outcome.line < expected:
            continue
        if outcome.line > expected:
            return
        expected += 1
        yield _result(outcome)


def _result(outcome: _OutcomeJson) -> JobResult:
    remarks = list(_remarks(outcome.findings))
    if outcome.problem is not None:
        told = {remark.text for remark in remarks}
        remarks += (remark for remark in _remarks(outcome.problem.findings) if remark.text not in told)
        if not remarks:
            remarks.append(Remark(Level.ERROR, "", _sentence(outcome.problem)))
    return JobResult(outcome.outcome, tuple(remarks))


def _remarks(findings: tuple[_FindingJson, ...]) -> Iterator[Remark]:
    for finding in findings:
        if finding.level is not Level.INFO:
            yield Remark(finding.level, finding.pointer, finding.message + finding.hint)


def _sentence(problem: _ProblemJson) -> str:
    words = [problem.detail or problem.title, problem.hint]
    return "".join(word if word.endswith("。") else f"{word}。" for word in words if word)


def _reason(answer: httpx.Response) -> str:
    """What a problem document says; '' where the answer is none."""
    try:
        return _sentence(msgspec.json.decode(answer.content, type=_ProblemJson))
    except msgspec.MsgspecError:
        return ""


def _convert(answer: httpx.Response, expected: type[Expected]) -> Expected:
    """The answer's JSON. What is no such JSON comes from something between us and the node: try again."""
    try:
        return msgspec.json.decode(answer.content, type=expected)
    except msgspec.MsgspecError as fault:
        raise Unavailable("得到的不是上传接口的回答") from fault


def _retry_after_seconds(answer: httpx.Response) -> float | None:
    """``Retry-After`` as seconds, given as such or as a date; at most an hour."""
    text = answer.headers.get("Retry-After", "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), _LONGEST_RETRY_SECONDS) if math.isfinite(seconds) else None
