"""Makes an officer's file: in a process of its own, so that no page waits for it and none falls with it.

``python -m chedang.site.regulator.statistics.make_export <officer> <file>`` is what the site starts. A process that is
killed half way leaves the wish: it is begun again, up to three times, then the officer is told.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import structlog
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.platform.tables import Progress, TooManyRows, write_csv, write_xlsx
from chedang.site.regulator.statistics.exports import Export, ExportRefused, find_export
from chedang.site.regulator.statistics.keeping import MOST_TRIES, ExportFiles, ExportState
from chedang.site.settings import NODE

_PROGRAM: Final = "chedang.site.regulator.statistics.make_export"
_MOST_AT_ONCE: Final = 2
"""Processes of one node that make files."""
_LONGEST_SECONDS: Final = 300
_TOLD_EVERY_SECONDS: Final = 0.5
_NICENESS: Final = 5
"""Pages go first."""

_turn = threading.BoundedSemaphore(_MOST_AT_ONCE)
_lock = threading.Lock()
_running: dict[UUID, threading.Thread] = {}
_own_turns: Final[defaultdict[int, threading.Lock]] = defaultdict(threading.Lock)
"""By officer: one file after another, so that nobody takes every turn."""
_log = structlog.get_logger(__name__)


class ExportGone(LookupError):
    """There is no such wish any more."""


def export_files() -> ExportFiles:
    """The kept files of this node."""
    return ExportFiles(NODE.data_dir)


def start_making(officer: int, export_id: UUID) -> threading.Thread:
    """Have a file made, unless that is under way; gives the thread that waits for it."""
    with _lock:
        thread = _running.get(export_id)
        if thread is None:
            thread = threading.Thread(target=_watch, args=(officer, export_id), name="make-export", daemon=True)
            thread.start()  # there may be none to be had just now; then it is not under way
            _running[export_id] = thread
        return thread


def make(officer: User, export_id: UUID, files: ExportFiles) -> None:
    """Make the file of a wish, unless it is made already. Raises ExportGone, and what the table raises."""
    try:
        with files.making(officer.pk, export_id) as drafts:
            state = files.state(officer.pk, export_id, timezone.now())
            if state is None:
                raise ExportGone
            if not state.is_finished:
                with translation.override(state.language):
                    _make(officer, export_id, files, state, drafts)
    except FileNotFoundError:
        if files.state(officer.pk, export_id, timezone.now()) is not None:
            raise  # a fault of the table
        raise ExportGone from None


def _make(officer: User, export_id: UUID, files: ExportFiles, state: ExportState, drafts: Path) -> None:
    state = msgspec.structs.replace(state, tries=state.tries + 1, rows=0)
    export = find_export(state.key)
    if state.tries > MOST_TRIES or export is None:
        files.write_state(officer.pk, export_id, _given_up(state, _("没有做成，请缩小范围后再试一次。")))
        return
    files.write_state(officer.pk, export_id, state)  # first of all: whatever falls from here on counts as a try
    try:
        if export.count:
            state = msgspec.structs.replace(state, expected=export.count(officer, state.params))
            files.write_state(officer.pk, export_id, state)
        rows = write_table(export, officer, state, drafts / "table", _Teller(files, officer.pk, export_id, state))
    except TooManyRows:
        files.write_state(officer.pk, export_id, _given_up(state, _("行数超过 xlsx 的上限，请改用 csv。")))
    except ExportRefused as fault:
        files.write_state(officer.pk, export_id, _given_up(state, str(fault)))
    else:
        made = drafts / "table"
        done = msgspec.structs.replace(state, rows=rows, done_at=timezone.now(), size_bytes=made.stat().st_size)
        files.keep(officer.pk, export_id, made, done)


def write_table(
    export: Export, officer: User, state: ExportState, path: Path, tell: Progress = lambda _rows: None
) -> int:
    """Write the table that is asked for; gives how many rows it has. Raises what the table raises."""
    columns, rows = export.columns(officer, state.params), export.rows(officer, state.params)
    if state.ending == "csv":
        return write_csv(path, columns, rows, progress=tell)
    asked_at = timezone.localtime(state.asked_at)
    notes = [
        (_("表"), state.title),
        *export.notes(officer, state.params),
        (_("导出时间"), f"{asked_at:%Y-%m-%d %H:%M}"),
    ]
    return write_xlsx(path, columns, rows, notes=notes, progress=tell)


class _Teller:
    """Writes the progress down, not oftener than somebody looks."""

    def __init__(self, files: ExportFiles, officer: int, export_id: UUID, state: ExportState) -> None:
        self._files, self._officer, self._export_id, self._state = files, officer, export_id, state
        self._told_at_seconds = time.monotonic()

    def __call__(self, rows: int) -> None:
        if time.monotonic() - self._told_at_seconds >= _TOLD_EVERY_SECONDS:
            self._told_at_seconds = time.monotonic()
            told = msgspec.structs.replace(self._state, rows=rows)
            self._files.write_state(self._officer, self._export_id, told)


def _given_up(state: ExportState, problem: str) -> ExportState:
    return msgspec.structs.replace(state, done_at=timezone.now(), problem=problem)


def _watch(officer: int, export_id: UUID) -> None:
    """Run the process that makes the file, and again where it was cut off."""
    with _lock:
        own_turn = _own_turns[officer]
    try:
        with own_turn, _turn:
            for _try in range(MOST_TRIES + 1):
                if _run(officer, export_id) == 0:
                    return
    finally:
        with _lock:
            del _running[export_id]


def _run(officer: int, export_id: UUID) -> int:
    command = [sys.executable, "-m", _PROGRAM, str(officer), str(export_id)]
    try:
        status = subprocess.run(  # noqa: S603 - the argv is ours
            command, stdin=subprocess.DEVNULL, timeout=_LONGEST_SECONDS, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        status = -1
    if status:
        _log.warning("table was not made", export=str(export_id), status=status)
    return status


def main(arguments: list[str]) -> int:
    """Make one file. 0: there is nothing more to do."""
    import chedang.site.urls  # noqa: F401 - every part registers its tables when its pages are imported

    officer, export_id = arguments
    os.nice(_NICENESS)
    try:
        make(User.objects.get(pk=int(officer)), UUID(export_id), export_files())
    except (ExportGone, User.DoesNotExist):
        _log.info("table is no longer wanted", export=export_id)
    return 0
