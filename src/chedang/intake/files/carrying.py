"""``python -m chedang.intake.files.carrying accept|answer COMPANYCODE FILE``: one kept file, in a process of its own.

A table of 10,000 rows takes seconds to read; in a thread of the site it would slow every page down, and a file made to
hurt would hurt the site. Here it has its own memory and its own time, and both are bounded.
"""

from __future__ import annotations

import resource
import sys
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from chedang.enterprises.store import names
from chedang.intake import batches
from chedang.intake.files.answers import write_answer
from chedang.intake.files.grouping import fill_company_name
from chedang.intake.files.headings import chinese_name
from chedang.intake.files.keeping import Keeper, KeptState
from chedang.intake.files.model import FileUnreadable
from chedang.intake.files.reading import read_file
from chedang.intake.files.verdicts import Fate, JobResult, Remark, make_notes, remarks_of
from chedang.intake.outcomes import Refused
from chedang.platform.clock import system_clock
from chedang.platform.database import connect, is_unavailable
from chedang.platform.settings import settings_of_process
from chedang.records.model import Level
from chedang.records.store import Connection

NOT_NOW: Final = 75
"""Exit code: the database or the queue cannot take the file at the moment."""
GONE: Final = 4
"""Exit code: there is no such file any more."""

_MOST_MEMORY_BYTES: Final = 1024 * 1024 * 1024
"""Address space; what is resident stays below a third of it for the largest file that is taken."""
_MOST_CPU_SECONDS: Final = 60
_COMPANY_NAME: Final = chinese_name("companyname")
_NAME_FILLED: Final = f"没有“{_COMPANY_NAME}”一列，已按登记的名称填写。"
_TOO_MUCH: Final = "这个文件太复杂，读不了。请把要上传的行复制到一个新表格，或下载模板填写后重新上传。"


def accept(keeper: Keeper, connection: Connection, company_code: str, file_id: UUID, now: datetime) -> None:
    """Read a kept file and hand its jobs in as a batch; a repeat changes nothing. Raises LookupError, Refused."""
    state = keeper.state(company_code, file_id, now)
    content = keeper.content(company_code, file_id, now)
    if state is None or content is None:
        raise LookupError
    if state.is_read:
        return
    try:
        read = read_file(content, state.name)
    except FileUnreadable as fault:
        keeper.replace_state(company_code, file_id, _with_problem(state, str(fault)))
        return
    except MemoryError:
        keeper.replace_state(company_code, file_id, _with_problem(state, _TOO_MUCH))
        return
    jobs, missing, notices = read.jobs, read.missing_columns, read.notices
    if _COMPANY_NAME in missing:
        jobs = fill_company_name(jobs, names(connection, [company_code]).get(company_code, ""))
        missing = tuple(name for name in missing if name != _COMPANY_NAME)
        notices = (*notices, _NAME_FILLED)
    texts = [job.text for job in jobs if job.text is not None]
    batch_id = None
    if texts:
        batch_id = batches.create_batch(
            connection, company_code, texts, actor=state.uploaded_by, now=now, idempotency_key=f"file-{file_id}"
        )
        connection.commit()
    keeper.replace_state(
        company_code,
        file_id,
        msgspec.structs.replace(
            state,
            is_read=True,
            batch_id=batch_id,
            layout=read.layout,
            rows=read.row_count,
            jobs=tuple(replace(job, text=None) for job in jobs),
            ignored_columns=read.ignored_columns,
            missing_columns=missing,
            notices=notices,
        ),
    )


def results_of(connection: Connection, state: KeptState) -> dict[int, JobResult]:
    """Results by place of the job, as far as the batch is done."""
    if state.batch_id is None:
        return {}
    places = state.sent_places
    return {places[outcome.line - 1]: _result(outcome) for outcome in batches.read_outcomes(connection, state.batch_id)}


def answer(keeper: Keeper, connection: Connection, company_code: str, file_id: UUID, now: datetime) -> bytes:
    """The file handed back. Raises LookupError when it is gone or cannot be read."""
    state = keeper.state(company_code, file_id, now)
    content = keeper.content(company_code, file_id, now)
    if state is None or content is None or state.layout is None:
        raise LookupError
    return write_answer(content, state.layout, make_notes(state.jobs, results_of(connection, state)))


def _with_problem(state: KeptState, problem: str) -> KeptState:
    return msgspec.structs.replace(state, is_read=True, problem=problem)


def _result(outcome: batches.LineOutcome) -> JobResult:
    remarks = remarks_of(outcome.findings)
    if outcome.refusal is not None:
        kind, detail = outcome.refusal.kind, outcome.refusal.detail
        remarks += remarks_of(outcome.refusal.findings)
        if not remarks:
            sentence = f"{kind.sentence}：{detail}" if detail else kind.sentence
            remarks = (Remark(Level.ERROR, "", f"{sentence}。{kind.remedy}。"),)
    return JobResult(Fate(outcome.outcome.value), remarks)


def main(arguments: list[str]) -> int:
    """Do what the site asks. The answer goes to stdout; the exit code says how it went."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_SECONDS, _MOST_CPU_SECONDS))
    what, company_code, file_id = arguments
    settings, database_url = settings_of_process()
    keeper = Keeper(settings.data_dir)
    try:
        with connect(database_url, name="chedang-file") as connection:
            if what == "accept":
                accept(keeper, connection, company_code, UUID(file_id), system_clock())
            else:
                sys.stdout.buffer.write(answer(keeper, connection, company_code, UUID(file_id), system_clock()))
    except LookupError:
        return GONE
    except Refused:
        return NOT_NOW
    except Exception as fault:
        if not is_unavailable(fault):
            raise
        return NOT_NOW
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
