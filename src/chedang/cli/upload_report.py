"""What ``chedang upload`` tells about its files: a table, and the file handed back."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from uuid import uuid4

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

from chedang.intake.files.answers import write_answer
from chedang.intake.files.model import ReadFile
from chedang.intake.files.verdicts import CHECKED, SAVED, Fate, JobResult, make_notes, result_of


class Code(IntEnum):
    """How the command ends."""

    STORED = 0
    REFUSED = 1
    UNUSABLE = 2
    WAITING = 3


@dataclass(frozen=True, slots=True)
class Report:
    """How one file fared."""

    name: str
    rows: int
    fates: Counter[Fate]
    to_check: int
    """Stored jobs with an error or a doubt."""
    answer: Path | None = None

    @property
    def code(self) -> Code:
        if self.fates[Fate.WAITING]:
            return Code.WAITING
        return Code.REFUSED if self.fates[Fate.REFUSED] else Code.STORED


class Shown:
    """Progress of one file: a bar on a terminal, a line for each pause elsewhere."""

    def __init__(self, progress: Progress, task: TaskID, name: str) -> None:
        self._progress = progress
        self._task = task
        self._name = name

    def advance(self, jobs: int) -> None:
        """So many more jobs have an outcome."""
        self._progress.update(self._task, advance=jobs, description=self._name)

    def pause(self, reason: str, seconds: float) -> None:
        """Nothing goes for a while."""
        sentence = f"{self._name}：{reason}，{max(round(seconds), 1)} 秒后再试"
        if self._progress.console.is_terminal:
            self._progress.update(self._task, description=sentence)
        else:
            self._progress.console.print(Text(sentence))


@contextmanager
def show_progress(name: str, jobs: int) -> Iterator[Shown]:
    """A bar over the jobs of one file, on stderr; none without a terminal."""
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Shown(progress, progress.add_task(name, total=jobs), name)


def report_on(name: str, read: ReadFile, results: Mapping[int, JobResult], answer: Path | None = None) -> Report:
    """Count what became of a file's jobs."""
    all_results = [result_of(job, results.get(place)) for place, job in enumerate(read.jobs)]
    return Report(
        name,
        read.row_count,
        Counter(result.fate for result in all_results),
        sum(result.needs_care and result.fate.is_stored for result in all_results),
        answer,
    )


def needs_answer(read: ReadFile, results: Mapping[int, JobResult]) -> bool:
    """Whether there is anything in the file that somebody should look at."""
    return any(result_of(job, results.get(place)).needs_care for place, job in enumerate(read.jobs))


def save_answer(path: Path, raw: bytes, read: ReadFile, results: Mapping[int, JobResult], *, is_check: bool) -> None:
    """Write the file handed back: whole or not at all, readable by whom the spool is. Raises OSError."""
    content = write_answer(raw, read.layout, make_notes(read.jobs, results, CHECKED if is_check else SAVED))
    draft = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def free_answer_path(file: Path) -> Path:
    """A name beside the file that is not taken: an earlier answer may be what somebody is mending."""
    path = file.with_name(f"{file.stem}-上传结果{file.suffix}")
    number = 2
    while path.exists():
        path = file.with_name(f"{file.stem}-上传结果{number}{file.suffix}")
        number += 1
    return path


def print_remarks(console: Console, name: str, read: ReadFile) -> None:
    """What is to be told about a file before it is sent."""
    if read.ignored_columns:
        console.print(Text(f"{name}：不认识或重复的列没有读取，也不会上传：{'、'.join(read.ignored_columns)}。"))
    if read.missing_columns:
        console.print(Text(f"{name}：缺少这些列：{'、'.join(read.missing_columns)}。"))
    for notice in read.notices:
        console.print(Text(f"{name}：{notice}"))


def print_reports(console: Console, reports: Sequence[Report], *, is_check: bool = False) -> None:
    """The table at the end."""
    stored, refused, waiting = ("可以上传", "不能上传", "没有检查") if is_check else ("已保存", "未保存", "未完成")
    headings = ("行", "记录", stored, "其中要核对", refused, waiting)
    numbers = [Column(heading, justify="right", overflow="fold") for heading in headings]
    table = Table(Column("文件", overflow="fold"), *numbers, Column("答复文件", overflow="fold"))
    for report in reports:
        counts = (
            report.rows,
            report.fates.total(),
            sum(count for fate, count in report.fates.items() if fate.is_stored),
            report.to_check,
            report.fates[Fate.REFUSED],
            report.fates[Fate.WAITING],
        )
        answer = Text(str(report.answer)) if report.answer else ""
        table.add_row(Text(report.name), *(f"{count:,}" for count in counts), answer)
    console.print(table)
