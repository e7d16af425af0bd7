"""总部对总部: makers apply at the ministry, an officer decides, provinces are told the list.

A maker's upload account is an ``enterprise`` row of the ministry with source *maker*: so tokens, passwords and the
ministry's dialect work for it as for a chain's head office. Whether it may upload for a shop says ``permissions``.
Each function opens its own transaction; inside a transaction of the caller it becomes part of that one.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from chedang.enterprises import channels, codes, maker_store, store
from chedang.enterprises.code_tables import read_registration_today
from chedang.enterprises.errors import (
    AlreadyRegistered,
    DecisionRefused,
    LicenceTaken,
    MakerNotListed,
    PasswordRefused,
    ReasonMissing,
    RegistrationRefused,
    ShopNotInChain,
)
from chedang.enterprises.maker_model import Application, Dealer, DealerLine, Maker, MakerState
from chedang.enterprises.maker_rules import channel_on, why_no_dealer, why_not_listed
from chedang.enterprises.model import (
    Channel,
    Enterprise,
    Registration,
    RegistrationText,
    ReviewState,
    Source,
)
from chedang.enterprises.permissions import told_shops
from chedang.enterprises.rules import fold_name, registration_keys
from chedang.enterprises.store import Connection
from chedang.platform.announcements import NoticeRefused, announce
from chedang.platform.passwords import hash_password, is_weak, verify_password
from chedang.platform.settings import MINISTRY_CODE
from chedang.terms.dates import day_in_china
from chedang.terms.saying import said

MOST_YEARS: Final = 10
"""Calendar years that an approval may span (ours): a year mistyped is found."""

NOTICE: Final = "maker"
"""Kind of the notices of this module; their key is the maker's account."""


def apply(connection: Connection, application: Application, *, now: datetime) -> Maker:
    """Take an application and open the upload account; it waits for a decision.

    One that was refused, ended or has run out may apply again with its password. Raises PasswordRefused,
    AlreadyRegistered for another password, DecisionRefused for a maker that is on the list.
    """
    if is_weak(application.password):
        raise PasswordRefused(said("密码太简单，请换一个不易猜到的密码。"))
    today = day_in_china(now)
    password_hash = hash_password(application.password)
    with connection.transaction():
        store.lock_serial(connection)  # two applications of one maker take turns
        known = maker_store.find_by_credit_code(connection, application.unified_credit_code)
        if known is None:
            maker_code = _open_account(connection, application, password_hash, now)
        else:
            maker_code = known.maker_code
            _check_again(connection, known, application.password, today)
        maker = Maker(
            maker_code,
            application.maker_name,
            application.unified_credit_code,
            application.brands,
            MakerState.APPLIED,
            None,
            None,
            now,
        )
        maker_store.save(connection, maker)
        maker_store.drop_dealers(connection, maker_code)
        maker_store.save_dealers(connection, maker_code, _dealers(connection, application.dealers, today))
        if known is not None and known.state is MakerState.APPROVED:
            announce(connection, NOTICE, maker_code, now=now)
    return maker


def approve(
    connection: Connection, maker_code: str, *, valid_from: date, valid_until: date, by: str, now: datetime
) -> Maker:
    """同意: the maker is on the list in these days, and its dealers upload through it from the first day on.

    Also renews an approval. A dealer that its province has set back to 单店上传 stays there until it is added anew.
    Nothing begins in the past, but what is renewed keeps its first day. Raises MakerNotFound, DecisionRefused.
    """
    today = day_in_china(now)
    if not max(valid_from, today) <= valid_until:
        raise DecisionRefused(said("有效期止应不早于有效期起，也不早于今天。"))
    if valid_until.year - valid_from.year > MOST_YEARS:
        raise DecisionRefused(said("有效期最长 %(most)s 年，请核对年份。", most=MOST_YEARS))
    with connection.transaction():
        before = maker_store.hold(connection, maker_code)
        renewed_from = before.valid_from if before.state is MakerState.APPROVED else None
        if valid_from < min(today, renewed_from or today):
            raise DecisionRefused(said("有效期起应不早于今天；延续时应不早于原来的有效期起。"))
        maker = _decide(
            connection,
            maker_code,
            MakerState.APPROVED,
            by=by,
            now=now,
            reason="",
            valid_from=valid_from,
            valid_until=valid_until,
        )
        store.save_review(
            connection, maker_code, review_state=ReviewState.APPROVED, by=by, now=now, reason="", ends_tokens=False
        )
        _switch(connection, maker, maker_store.dealers_of(connection, maker_code), now, is_asked_for=False)
    return maker


def refuse(connection: Connection, maker_code: str, *, reason: str, by: str, now: datetime) -> Maker:
    """不同意, with the reason that the maker reads. Raises MakerNotFound, ReasonMissing, DecisionRefused."""
    if not reason.strip():
        raise ReasonMissing(said("不同意必须写明原因。"))
    with connection.transaction():
        maker = maker_store.hold(connection, maker_code)
        if maker.state is not MakerState.APPLIED:
            raise DecisionRefused(said("这家企业没有待审核的申报。"))
        return _decide(connection, maker_code, MakerState.REFUSED, by=by, now=now, reason=reason)


def end(connection: Connection, maker_code: str, *, reason: str, by: str, now: datetime) -> Maker:
    """终止: the maker leaves the list now. Its dealers' 上传方式 stays until somebody changes it: nothing is switched
    without their knowing. Raises MakerNotFound, ReasonMissing, DecisionRefused.
    """
    if not reason.strip():
        raise ReasonMissing(said("终止必须写明原因。"))
    with connection.transaction():
        maker = maker_store.hold(connection, maker_code)
        if maker.state is not MakerState.APPROVED:
            raise DecisionRefused(said("这家企业不在名录内。"))
        return _decide(
            connection,
            maker_code,
            MakerState.ENDED,
            by=by,
            now=now,
            reason=reason,
            valid_from=maker.valid_from,
            valid_until=maker.valid_until,
        )


def add_dealers(
    connection: Connection, maker_code: str, lines: Sequence[DealerLine], *, since_on: date, now: datetime
) -> None:
    """Put dealers on a maker's list from a day on; they upload through it from then on, if it is approved.

    Raises MakerNotFound, DecisionRefused for a day in the past.
    """
    if since_on < day_in_china(now):
        raise DecisionRefused(said("起始日应不早于今天。"))
    with connection.transaction():
        maker = maker_store.hold(connection, maker_code)
        dealers = _dealers(connection, lines, since_on)
        maker_store.save_dealers(connection, maker_code, dealers)
        if maker.state is MakerState.APPROVED:
            _switch(connection, maker, dealers, now, is_asked_for=True)
        _tell(connection, maker, now)


def end_dealer(connection: Connection, maker_code: str, company_code: str, *, until_on: date, now: datetime) -> None:
    """Give a dealer its last day on the list. Its 上传方式 stays until its province changes it.

    Raises MakerNotFound, DecisionRefused for a shop that is not on the list and for a day in the past.
    """
    if until_on < day_in_china(now):
        raise DecisionRefused(said("截止日应不早于今天。"))
    with connection.transaction():
        maker = maker_store.hold(connection, maker_code)
        if not maker_store.end_dealer(connection, maker_code, company_code, until_on):
            raise DecisionRefused(said("这家企业不在经销商名单内。"))
        _tell(connection, maker, now)


def allocate(connection: Connection, maker_code: str, text: RegistrationText, *, now: datetime) -> Enterprise:
    """The dealer that a maker names by licence, name and division; a new shop gets a code and joins the list.

    A new shop is one of the ministry's and waits for review there. One that is known and not on the list is not taken
    on the maker's word (ADR 0017). Raises MakerNotListed, ShopNotInChain, LicenceTaken, or RegistrationRefused with
    all findings.
    """
    today = day_in_china(now)
    # Nobody is told the password: the dealer's own node gives it one, if ever it needs one.
    text = msgspec.structs.replace(text, password=secrets.token_urlsafe(32))
    registration, findings = read_registration_today(connection, text, now=now)
    if registration is None:
        raise RegistrationRefused(findings)
    with connection.transaction():
        maker = maker_store.hold(connection, maker_code)
        if reason := why_not_listed(maker, today):
            raise MakerNotListed(reason)
        known = _find_dealer(connection, maker_code, registration, today)
        if known is not None:
            return known
        password_hash = hash_password(text.password)  # slow on purpose, so before the lock of the serial
        company_code = codes.allocate(
            connection, MINISTRY_CODE, codes.request_key(registration), registration.division_code, now=now
        )
        shop = store.insert(
            connection,
            registration,
            findings,
            company_code=company_code,
            national_code=company_code,
            password_hash=password_hash,
            password_is_weak=False,
            source=Source.ALLOCATED,
            now=now,
        )
        brand = maker.brands[0] if len(maker.brands) == 1 else ""
        add_dealers(connection, maker_code, [DealerLine(1, company_code, brand)], since_on=today, now=now)
    return shop


def _find_dealer(connection: Connection, maker_code: str, registration: Registration, today: date) -> Enterprise | None:
    """The dealer that is meant, ``None`` for a shop that nobody knows. Raises ShopNotInChain, LicenceTaken."""
    _, licence = registration_keys(registration)
    same = store.find_same_registration(connection, "", licence)
    if not licence:
        same += store.find_same_name(connection, registration.division_code, registration.company_name)
    # Of other nodes' shops no licence is told.
    named = maker_store.told_codes_named(connection, registration.division_code, registration.company_name)
    same += told_shops(connection, named)
    dealers = {dealer.company_code: dealer for dealer in maker_store.dealers_of(connection, maker_code)}
    known = next((shop for shop in same if not why_no_dealer(dealers.get(shop.company_code), today)), None)
    if known is None and same:
        raise ShopNotInChain
    if known is not None and fold_name(known.company_name) != fold_name(registration.company_name):
        raise LicenceTaken
    return known


class _Notice(msgspec.Struct, frozen=True):
    """What a province is told of a maker; no officer's name."""

    maker_code: str
    maker_name: str
    unified_credit_code: str
    brands: tuple[str, ...]
    state: MakerState
    valid_from: date | None
    valid_until: date | None
    applied_at: datetime
    decided_at: datetime | None
    dealers: tuple[Dealer, ...]


def read_notice(connection: Connection, key: str) -> bytes:
    """A maker with validity, brands and dealers as JSON; ``b''`` for one that is not there."""
    maker = maker_store.find(connection, key)
    if maker is None:
        return b""
    facts = {name: getattr(maker, name) for name in _Notice.__struct_fields__ if name != "dealers"}
    return msgspec.json.encode(_Notice(**facts, dealers=tuple(maker_store.dealers_of(connection, key))))


def apply_notice(connection: Connection, sender: str, key: str, content: bytes, *, now: datetime) -> None:
    """Take up what the ministry tells of the maker ``key``; only the ministry may. Raises NoticeRefused."""
    if sender != MINISTRY_CODE:
        raise NoticeRefused("总部对总部名录只由部级发布。")
    with connection.transaction():
        maker_store.drop_dealers(connection, key)
        if not content:
            maker_store.forget(connection, key)
            return
        try:
            told = msgspec.json.decode(content, type=_Notice)
        except msgspec.DecodeError as fault:
            raise NoticeRefused("通知内容不合格式。") from fault
        if told.maker_code != key:
            raise NoticeRefused("通知内容与其编号不是同一家企业。")
        facts = {name: getattr(told, name) for name in _Notice.__struct_fields__ if name != "dealers"}
        maker_store.save(connection, Maker(**facts))
        maker_store.save_dealers(connection, key, told.dealers)
        maker_store.note_told(connection, key, now)


def told_at(connection: Connection, key: str) -> datetime | None:
    """When the ministry told of the maker ``key`` last; ``None`` where it never did."""
    return maker_store.told_at(connection, key)


def _open_account(connection: Connection, application: Application, password_hash: str, now: datetime) -> str:
    """The upload account, with the next code of the ministry; county: that of the credit code (GB 32100-2015)."""
    registration = Registration(
        company_name=application.maker_name,
        division_code=application.unified_credit_code[2:8],
        unified_credit_code=application.unified_credit_code,
    )
    maker_code = codes.allocate(
        connection, MINISTRY_CODE, codes.request_key(registration), registration.division_code, now=now
    )
    store.insert(
        connection,
        registration,
        (),
        company_code=maker_code,
        national_code=maker_code,
        password_hash=password_hash,
        password_is_weak=False,
        source=Source.MAKER,
        now=now,
    )
    return maker_code


def _check_again(connection: Connection, known: Maker, password: str, today: date) -> None:
    """May this maker apply once more with this password?"""
    account = store.lock(connection, known.maker_code)
    if not verify_password(account.password_hash, password):
        raise AlreadyRegistered
    if known.state is MakerState.APPROVED and known.valid_until is not None and today <= known.valid_until:
        raise DecisionRefused(said("贵企业已在名录内。经销商有变动或要延长有效期，请联系部级主管部门办理。"))


def _decide(
    connection: Connection,
    maker_code: str,
    state: MakerState,
    *,
    by: str,
    now: datetime,
    reason: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Maker:
    maker = msgspec.structs.replace(
        maker_store.hold(connection, maker_code),
        state=state,
        valid_from=valid_from,
        valid_until=valid_until,
        decided_at=now,
        decided_by=by,
        reason=reason.strip(),
    )
    maker_store.save(connection, maker)
    _tell(connection, maker, now)
    return maker


def _tell(connection: Connection, maker: Maker, now: datetime) -> None:
    """Tell the provinces; what they never need to know, an application and its refusal, stays here."""
    if maker.state in {MakerState.APPROVED, MakerState.ENDED}:
        announce(connection, NOTICE, maker.maker_code, now=now)


def _switch(
    connection: Connection, maker: Maker, dealers: Sequence[Dealer], now: datetime, *, is_asked_for: bool
) -> None:
    """Set 总部对总部 for dealers from the day on from which the maker may upload for them.

    Not again where it stands already; nor, unless ``is_asked_for``, where the province has set the shop back.
    """
    if maker.valid_from is None:  # cannot be: the maker is approved
        raise DecisionRefused(said("没有有效期。"))
    decided = channels.decisions_of(connection, [dealer.company_code for dealer in dealers])
    for dealer in dealers:
        since_on = max(maker.valid_from, dealer.since_on)
        before = decided.get(dealer.company_code, [])
        was_set_back = bool(before) and before[-1].channel is Channel.SHOP
        current = channel_on([decision.change for decision in before], since_on)
        stands = current is not None and current.channel is Channel.HEAD_OFFICE and not was_set_back
        if stands or (was_set_back and not is_asked_for):
            continue
        channels.set_channel(
            connection,
            dealer.company_code,
            Channel.HEAD_OFFICE,
            since_on,
            decided_by=MINISTRY_CODE,
            reason=f"总部对总部：{maker.maker_name}",
            now=now,
        )


def _dealers(connection: Connection, lines: Sequence[DealerLine], since_on: date) -> list[Dealer]:
    """Entries under the codes that the shops' records stand under: a line may name a shop by its national one."""
    told = told_shops(connection, [line.company_code for line in lines])
    own_codes = {shop.national_code: shop.company_code for shop in told if shop.national_code}
    entries = (Dealer(own_codes.get(line.company_code, line.company_code), line.brand, since_on) for line in lines)
    return list({entry.company_code: entry for entry in entries}.values())
