"""Shops move in with the accounts they have: the rows of an office's table become enterprises, one outcome each.

Safe to repeat: the same table again changes nothing, and a password that the shop has changed here since then stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import islice

from chedang.enterprises import moving_accounts, store
from chedang.enterprises.accounts import SecretBox
from chedang.enterprises.code_tables import tables_on
from chedang.enterprises.known import find as find_known
from chedang.enterprises.model import (
    WIRE_NAMES,
    Enterprise,
    FindingLevel,
    Registration,
    RegistrationFinding,
    Source,
)
from chedang.enterprises.moving_accounts import Change
from chedang.enterprises.rules import SHORTEST_MOVED_PASSWORD, read_registration
from chedang.enterprises.store import Connection
from chedang.enterprises.table import ImportRow
from chedang.platform.passwords import hash_password, is_weak, verify_password
from chedang.terms import enterprise_code
from chedang.terms.codes import CodeTable
from chedang.terms.dates import day_in_china

_ROWS_PER_TRANSACTION = 64
_APPROVED_BY = "enterprise import"
_FOREIGN = "companycode：该编码属于节点 {} 登记的企业，请向该节点核实"
_COLUMN_OF = {
    "category": "category_code",
    "economic_category": "economic_category_code",
    "operation_state": "operation_state_code",
    "license_start_date": "license_start_on",
    "license_end_date": "license_end_on",
}
_COLUMNS = frozenset(column.name for column in fields(Registration))


class ImportResult(StrEnum):
    """What became of a row."""

    ADDED = "新增"
    UNCHANGED = "已有未变"
    UPDATED = "已更新"
    FAULTY = "有误"


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What became of one row. Holds no password."""

    line: int
    company_code: str
    company_name: str
    result: ImportResult
    remarks: tuple[str, ...] = ()
    """For a faulty row why, each naming its column; for the others what somebody should look at."""
    password_is_weak: bool = False


@dataclass(frozen=True, slots=True)
class _Sound:
    """A row that can be stored."""

    row: ImportRow
    registration: Registration
    findings: tuple[RegistrationFinding, ...]


@dataclass(frozen=True, slots=True)
class _More:
    """A further row of a shop, for an account more."""

    row: ImportRow


def import_rows(
    connection: Connection, rows: Iterable[ImportRow], *, box: SecretBox, now: datetime
) -> Iterator[ImportOutcome]:
    """Store the rows, a few at a time, each few in one transaction; outcomes come in order, after the commit.

    A faulty row costs no other row. Of a code that comes again in the table only the account counts. ``box`` seals the
    secrets that sign calls.
    """
    today = day_in_china(now)
    tables = tables_on(connection, today)
    first_rows: dict[str, ImportRow] = {}
    remaining = iter(rows)
    with ThreadPoolExecutor(thread_name_prefix="import-passwords") as executor:
        while few := list(islice(remaining, _ROWS_PER_TRANSACTION)):
            checked = [_check(row, first_rows, today, tables) for row in few]
            yield from _store(connection, executor, checked, box, now)


def _check(
    row: ImportRow, first_rows: dict[str, ImportRow], today: date, tables: Mapping[str, CodeTable]
) -> _Sound | _More | ImportOutcome:
    first = first_rows.get(row.company_code)
    if first is not None and not row.complaint:
        faults = _complain_of_more(row, first)
        return _faulty(row, faults) if faults else _More(row)
    registration, findings = read_registration(
        row.text, today=today, shortest_password=SHORTEST_MOVED_PASSWORD, tables=tables
    )
    faults = [row.complaint] if row.complaint else _complain(row, findings)
    if faults or registration is None:
        return _faulty(row, faults)
    first_rows[row.company_code] = row
    return _Sound(row, registration, findings)


def _faulty(row: ImportRow, faults: Sequence[str]) -> ImportOutcome:
    return ImportOutcome(row.line, row.company_code, row.text.company_name, ImportResult.FAULTY, tuple(faults))


def _complain_of_more(row: ImportRow, first: ImportRow) -> list[str]:
    """A row of a shop that stands further up may bring an account, and nothing that contradicts."""
    if row.account.is_empty():
        return [f"companycode：与第 {first.line} 行重复，以先出现的为准"]
    differing = [name for name in sorted(row.given) if getattr(row.text, name) != getattr(first.text, name)]
    faults = [f"{WIRE_NAMES[name]}：与第 {first.line} 行同一企业的内容不同" for name in differing]
    return faults + moving_accounts.complain(row.account)


def _complain(row: ImportRow, findings: Sequence[RegistrationFinding]) -> list[str]:
    faults = []
    if not enterprise_code.is_acceptable(row.company_code):
        faults.append("companycode：维修企业编码应为 12 至 15 位数字" + _hint(row.company_code))
    if row.text.password != row.text.password.strip():
        faults.append("companypassword：密码前后有空格，请核对")
    faults += [f"{each.field}：{each.message}" for each in findings if each.level is FindingLevel.ERROR]
    return faults + moving_accounts.complain(row.account)


def _hint(company_code: str) -> str:
    """The usual accident: a spreadsheet has made a number of it."""
    return "（表格软件改成了科学计数，请把该列设为文本）" if "E+" in company_code.upper() else ""


def _store(
    connection: Connection,
    executor: Executor,
    checked: Sequence[_Sound | _More | ImportOutcome],
    box: SecretBox,
    now: datetime,
) -> list[ImportOutcome]:
    """One transaction. The serial's lock keeps imports and registrations from racing for a code, the rows' lock keeps
    a shop from changing its password in between."""
    sound = [each for each in checked if isinstance(each, _Sound)]
    with connection.transaction():
        store.lock_serial(connection)
        known = store.find_by_codes(connection, [each.row.company_code for each in sound], holding_still=True)
        # Hashing is slow on purpose and lets other threads run meanwhile.
        new_hashes = executor.map(lambda each: _hash_if_new(each.row, known.get(each.row.company_code)), sound)
        outcomes: list[ImportOutcome] = []
        for each in checked:
            if isinstance(each, ImportOutcome):
                outcomes.append(each)
                continue
            if isinstance(each, _More):
                name = each.row.text.company_name
                outcome = ImportOutcome(each.row.line, each.row.company_code, name, ImportResult.UNCHANGED)
            else:
                enterprise, new_hash = known.get(each.row.company_code), next(new_hashes)
                if enterprise is None:
                    outcome = _add(connection, each, new_hash, now)
                else:
                    outcome = _update(connection, each, enterprise, new_hash, now)
            outcomes.append(_with_account(connection, outcome, each.row, box, now))
    return outcomes


def _with_account(
    connection: Connection, outcome: ImportOutcome, row: ImportRow, box: SecretBox, now: datetime
) -> ImportOutcome:
    """The outcome of a row once its account is stored too."""
    if row.account.is_empty():
        return outcome
    shop = store.find_by_code(connection, row.company_code)  # a row may have the national code that it got later
    if shop is None:  # a shop of another node
        is_told = outcome.result is ImportResult.FAULTY
        return outcome if is_told else _faulty(row, ["companycode：该企业没有迁入，账户不登记"])
    moved = moving_accounts.move_in(connection, shop.company_code, row.account, box=box, now=now)
    result = outcome.result
    if moved.change is Change.REFUSED:
        result = ImportResult.FAULTY
    elif moved.change is not Change.NONE and result is ImportResult.UNCHANGED:
        result = ImportResult.ADDED if moved.change is Change.ADDED else ImportResult.UPDATED
    return replace(outcome, result=result, remarks=(*outcome.remarks, *moved.remarks))


def _hash_if_new(row: ImportRow, known: Enterprise | None) -> str:
    """Hash of the row's password; '' when it is the shop's password already."""
    if known is not None and verify_password(known.password_hash, row.text.password):
        return ""
    return hash_password(row.text.password)


def _add(connection: Connection, sound: _Sound, new_hash: str, now: datetime) -> ImportOutcome:
    elsewhere = find_known(connection, sound.row.company_code)
    if elsewhere is not None:
        return _faulty(sound.row, [_FOREIGN.format(elsewhere.node_code)])
    weak = is_weak(sound.row.text.password, account=sound.row.company_code)
    store.insert(
        connection,
        sound.registration,
        sound.findings,
        company_code=sound.row.company_code,
        password_hash=new_hash,
        password_is_weak=weak,
        source=Source.IMPORTED,
        now=now,
        approved_by=_APPROVED_BY,
    )
    return _outcome(sound, ImportResult.ADDED, _remarks(sound), weak)


def _update(connection: Connection, sound: _Sound, known: Enterprise, new_hash: str, now: datetime) -> ImportOutcome:
    is_changed = _update_registration(connection, sound, known, now)
    remarks = _remarks(sound)
    weak = known.password_is_weak
    if new_hash and _has_own_password(known):
        remarks.append("companypassword：企业已在本系统设置自己的密码，未覆盖")
    elif new_hash:
        is_changed = True
        weak = is_weak(sound.row.text.password, account=sound.row.company_code)
        store.save_password(
            connection,
            known.company_code,
            new_hash,
            password_is_weak=weak,
            changed_at=None,
            ends_tokens=False,
        )
    return _outcome(sound, ImportResult.UPDATED if is_changed else ImportResult.UNCHANGED, remarks, weak)


def _has_own_password(known: Enterprise) -> bool:
    return known.source is Source.REGISTERED or known.password_changed_at is not None


def _update_registration(connection: Connection, sound: _Sound, known: Enterprise, now: datetime) -> bool:
    """Take over the elements that the row gives and leave the others. Did that change anything?"""
    before = Registration(**{name: getattr(known, name) for name in _COLUMNS})
    given = {
        column: getattr(sound.registration, column)
        for column in (_COLUMN_OF.get(attribute, attribute) for attribute in sound.row.given)
        if column in _COLUMNS
    }
    after = replace(before, **given)
    given_fields = _given_fields(sound)
    findings = tuple(each for each in known.findings if each.field not in given_fields) + tuple(
        each for each in sound.findings if each.field in given_fields
    )
    if after == before and set(findings) == set(known.findings):
        return False
    store.update_registration(connection, known.company_code, after, findings, now=now)
    return True


def _given_fields(sound: _Sound) -> frozenset[str]:
    """Wire names of the elements that the row fills."""
    return frozenset(WIRE_NAMES[attribute] for attribute in sound.row.given)


def _remarks(sound: _Sound) -> list[str]:
    given_fields = _given_fields(sound)
    return [f"{each.field}：{each.message}" for each in sound.findings if each.field in given_fields]


def _outcome(sound: _Sound, result: ImportResult, remarks: Sequence[str], weak: bool) -> ImportOutcome:
    return ImportOutcome(
        sound.row.line,
        sound.row.company_code,
        sound.registration.company_name,
        result,
        tuple(remarks),
        weak,
    )
