"""Accounts that move in with a shop: user name, appId or companyIdentity with its secret, and the chain it belongs to.

Safe to repeat. A secret that somebody has set here stays; a name that another shop holds stays with that shop. No text
here ever repeats a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from chedang.enterprises import accounts, store
from chedang.enterprises.accounts import MachineAccount, SecretBox
from chedang.enterprises.model import AccountKind, AccountText
from chedang.enterprises.store import Connection
from chedang.platform.passwords import hash_password, verify_password
from chedang.terms import enterprise_code

_TAKEN = "account：该账户名已属于另一家企业，未导入"

LONGEST_NAME = 100
LONGEST_SECRET = 200
SHORT_SECRET = 16
"""Characters. Whoever overhears one signed call can try shorter secrets one after another."""


class Change(Enum):
    """What became of an account or a membership."""

    NONE = "none"
    ADDED = "added"
    UPDATED = "updated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AccountOutcome:
    """What became of the cells, and what somebody should know of it."""

    change: Change
    remarks: tuple[str, ...] = ()


def complain(text: AccountText) -> list[str]:
    """What is wrong with the cells themselves."""
    faults = []
    if text.kind or text.name or text.secret:
        if text.kind.lower() not in set(AccountKind):
            faults.append(f"accountkind：应为 {'、'.join(AccountKind)} 之一")
        if not text.name or len(text.name) > LONGEST_NAME or not text.name.isprintable():
            faults.append(f"account：账户名应为 1 至 {LONGEST_NAME} 个字符")
        if text.kind.lower() != AccountKind.LOGIN and not text.secret:
            faults.append("accountsecret：签名账户必须有密钥")
        if len(text.secret) > LONGEST_SECRET or text.secret != text.secret.strip():
            faults.append(f"accountsecret：密钥前后有空格，或超过 {LONGEST_SECRET} 个字符")
    if text.chain_code and not enterprise_code.is_acceptable(text.chain_code):
        faults.append("chaincode：总部的维修企业编码应为 12 至 15 位数字")
    return faults


def move_in(
    connection: Connection, company_code: str, text: AccountText, *, box: SecretBox, now: datetime
) -> AccountOutcome:
    """Store the cells of a sound row for a shop that is there. Commits with the caller's transaction."""
    outcomes = [
        _join(connection, company_code, text.chain_code, now),
        _add(connection, company_code, text, box, now),
    ]
    remarks = tuple(remark for outcome in outcomes for remark in outcome.remarks)
    changes = [outcome.change for outcome in outcomes]
    order = (Change.REFUSED, Change.ADDED, Change.UPDATED, Change.NONE)
    return AccountOutcome(min(changes, key=order.index), remarks)


def _join(connection: Connection, company_code: str, chain_code: str, now: datetime) -> AccountOutcome:
    """Make the shop a member of a chain; its own code makes it the head office."""
    office = store.find_by_code(connection, chain_code)
    if office is not None:
        chain_code = office.company_code  # the table may have the national code that it got later
    if not chain_code or company_code in accounts.members_of(connection, chain_code):
        return AccountOutcome(Change.NONE)
    accounts.add_member(connection, chain_code, company_code, now=now)
    if office is not None:
        return AccountOutcome(Change.ADDED)
    return AccountOutcome(Change.ADDED, (f"chaincode：本系统还没有编码为 {chain_code} 的总部",))


def _add(connection: Connection, company_code: str, text: AccountText, box: SecretBox, now: datetime) -> AccountOutcome:
    if not text.kind:
        return AccountOutcome(Change.NONE)
    kind = AccountKind(text.kind.lower())
    if kind is AccountKind.LOGIN and store.code_exists(connection, text.name):
        return AccountOutcome(Change.REFUSED, ("account：与一家企业的维修企业编码相同，不能作为用户名",))
    remarks = _remarks(kind, text.secret)
    known = accounts.find(connection, kind, text.name)
    if known is not None and (settled := _leave(known, company_code, text.secret, box)) is not None:
        return settled
    account = make_account(kind, text.name, company_code, text.secret, box)
    if not accounts.save(connection, account, now=now):  # given away a moment ago
        return AccountOutcome(Change.REFUSED, (_TAKEN,))
    if known is None:
        return AccountOutcome(Change.ADDED, remarks)
    return AccountOutcome(Change.UPDATED, (*remarks, "accountsecret：密钥已换成文件中的"))


def _leave(known: MachineAccount, company_code: str, secret: str, box: SecretBox) -> AccountOutcome | None:
    """Why an account that is there stays as it is; ``None`` when the file's secret replaces its own."""
    if known.company_code != company_code:
        return AccountOutcome(Change.REFUSED, (_TAKEN,))
    if _has_secret(known, secret, box):
        return AccountOutcome(Change.NONE, _remarks(known.kind, secret))
    if known.changed_at is not None:
        return AccountOutcome(Change.NONE, ("accountsecret：该账户的密钥已在本系统更换过，未覆盖",))
    return None


def make_account(kind: AccountKind, name: str, company_code: str, secret: str, box: SecretBox) -> MachineAccount:
    """An account whose secret is hashed where it is only compared, sealed where it signs."""
    if kind is AccountKind.LOGIN:
        return MachineAccount(kind, name, company_code, hash_password(secret) if secret else "", None)
    return MachineAccount(kind, name, company_code, "", box.seal(secret))


def _has_secret(known: MachineAccount, secret: str, box: SecretBox) -> bool:
    if known.kind is AccountKind.LOGIN:
        return verify_password(known.password_hash, secret) if known.password_hash else not secret
    try:
        return known.sealed_secret is not None and box.open(known.sealed_secret) == secret
    except ValueError:  # sealed by a node that is no more: what the file brings is better
        return False


def _remarks(kind: AccountKind, secret: str) -> tuple[str, ...]:
    if kind is AccountKind.LOGIN or len(secret) >= SHORT_SECRET:
        return ()
    return (f"accountsecret：密钥少于 {SHORT_SECRET} 个字符，容易被试出，请择机更换",)
