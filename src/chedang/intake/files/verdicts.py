"""What became of each job, in the words that stand beside its rows. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chedang.intake.files.answers import RowNote
from chedang.intake.files.grouping import row_of
from chedang.intake.files.model import FileJob
from chedang.records.catalogue import describe
from chedang.records.model import Finding, Level


class Fate(StrEnum):
    """What became of a job; the first three are stored."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    AMENDED = "amended"
    REFUSED = "refused"
    WAITING = "waiting"
    """Not answered yet."""

    @property
    def is_stored(self) -> bool:
        return self in {Fate.CREATED, Fate.UNCHANGED, Fate.AMENDED}


SAVED: Mapping[Fate, str] = {
    Fate.CREATED: "已保存",
    Fate.UNCHANGED: "已保存（内容没有变化）",
    Fate.AMENDED: "已保存（改为新内容）",
    Fate.REFUSED: "未保存",
    Fate.WAITING: "还没有结果",
}
CHECKED: Mapping[Fate, str] = {
    Fate.CREATED: "可以上传",
    Fate.UNCHANGED: "可以上传（与已保存的相同）",
    Fate.AMENDED: "可以上传（会改为新内容）",
    Fate.REFUSED: "不能上传",
    Fate.WAITING: "没有检查",
}
"""The words after a check that stored nothing."""
_LEVELS = {Level.ERROR: "错误：", Level.WARN: "疑问：", Level.INFO: ""}
_TO_CHECK = "，请核对"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to mend or to know, in whole Chinese sentences."""

    level: Level
    pointer: str
    """JSON pointer in wire names; it tells to which row the remark belongs."""
    text: str


@dataclass(frozen=True, slots=True)
class JobResult:
    """The fate of one job and why."""

    fate: Fate
    remarks: tuple[Remark, ...] = ()

    @property
    def needs_care(self) -> bool:
        """Whether somebody should look at it: refused, or stored with an error or a doubt."""
        return self.fate is Fate.REFUSED or any(remark.level is not Level.INFO for remark in self.remarks)


def remarks_of(findings: Iterable[Finding]) -> tuple[Remark, ...]:
    """Findings in words; what needs nobody's attention is left out."""
    remarks = []
    for finding in findings:
        if finding.level is not Level.INFO:
            text, hint = describe(finding)
            remarks.append(Remark(finding.level, finding.field, text + hint))
    return tuple(remarks)


def refused_by_file(job: FileJob) -> JobResult:
    """The result of a job that the file itself has spoilt."""
    return JobResult(Fate.REFUSED, remarks_of(job.findings))


def result_of(job: FileJob, result: JobResult | None) -> JobResult:
    """The result of a job, given what is known of it: nothing yet, or nothing ever since the file has spoilt it."""
    if result is not None:
        return result
    return refused_by_file(job) if job.findings else JobResult(Fate.WAITING)


def make_notes(
    jobs: Iterable[FileJob], results: Mapping[int, JobResult], words: Mapping[Fate, str] = SAVED
) -> dict[int, RowNote]:
    """What stands beside each row. ``results`` is by place of the job; jobs without one are waiting or were refused.

    The result stands beside every row of a job; a remark about a part or an item beside the row that brought it, all
    others beside the job's first row.
    """
    notes: dict[int, RowNote] = {}
    for place, job in enumerate(jobs):
        result = result_of(job, results.get(place))
        reasons: defaultdict[int, list[str]] = defaultdict(list)
        for remark in result.remarks:
            reasons[row_of(job, remark.pointer)].append(_LEVELS[remark.level] + remark.text)
        word = words[result.fate] + (_TO_CHECK if result.fate.is_stored and result.needs_care else "")
        notes |= {row: RowNote(word, " ".join(reasons[row])) for row in job.rows}
    return notes
