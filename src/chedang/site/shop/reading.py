"""Processes that read a shop's file and make its answer: no page waits for a large one, and none falls with it."""

from __future__ import annotations

import subprocess
import sys
import threading
from uuid import UUID

import msgspec
import structlog
from django.utils import timezone

from chedang.intake.files.carrying import GONE, NOT_NOW
from chedang.intake.files.keeping import Keeper
from chedang.site.settings import NODE

_MOST_AT_ONCE = 2
_LONGEST_SECONDS = 90
"""Twice what the largest file that is taken needs on a slow machine."""
_WAIT_FOR_TURN_SECONDS = 20
_UNREADABLE = "这个文件读不了。请把要上传的行复制到一个新表格，或下载模板填写后重新上传。"

_turn = threading.BoundedSemaphore(_MOST_AT_ONCE)
_lock = threading.Lock()
_running: dict[UUID, threading.Thread] = {}
_log = structlog.get_logger(__name__)


def keeper() -> Keeper:
    """The kept files of this node."""
    return Keeper(NODE.data_dir)


def start_reading(company_code: str, file_id: UUID) -> threading.Thread:
    """Have a kept file read and handed in, unless that is under way; gives the thread that waits for it."""
    with _lock:
        thread = _running.get(file_id)
        if thread is None:
            thread = threading.Thread(target=_read, args=(company_code, file_id), name="read-file", daemon=True)
            thread.start()  # there may be none to be had just now; then it is not under way
            _running[file_id] = thread
        return thread


def make_answer(company_code: str, file_id: UUID) -> bytes | None:
    """The file handed back; ``None`` when it is gone. Raises TimeoutError when it cannot be made now."""
    if not _turn.acquire(timeout=_WAIT_FOR_TURN_SECONDS):
        raise TimeoutError
    try:
        done = _run("answer", company_code, file_id)
    finally:
        _turn.release()
    if done is None or done.returncode not in {0, GONE}:
        raise TimeoutError
    return done.stdout if done.returncode == 0 else None


def _read(company_code: str, file_id: UUID) -> None:
    try:
        with _turn:
            done = _run("accept", company_code, file_id)
        if done is None or done.returncode not in {0, GONE, NOT_NOW}:
            _give_up(company_code, file_id)
    finally:
        with _lock:
            del _running[file_id]


def _run(what: str, company_code: str, file_id: UUID) -> subprocess.CompletedProcess[bytes] | None:
    """Run the child; ``None`` when it took too long."""
    command = [sys.executable, "-m", "chedang.intake.files.carrying", what, company_code, str(file_id)]
    try:
        done = subprocess.run(  # noqa: S603 - the argv is ours
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        _log.warning("file took too long", step=what, file=str(file_id))
        return None
    if done.returncode not in {0, GONE, NOT_NOW}:
        _log.warning("file could not be dealt with", step=what, file=str(file_id), status=done.returncode)
    return done


def _give_up(company_code: str, file_id: UUID) -> None:
    """The child fell over this file: say so instead of trying for ever."""
    kept, now = keeper(), timezone.now()
    state = kept.state(company_code, file_id, now)
    if state is not None and not state.is_read:
        told = msgspec.structs.replace(state, is_read=True, problem=_UNREADABLE)
        kept.replace_state(company_code, file_id, told)
