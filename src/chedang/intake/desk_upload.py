"""A new record that a person of a shop made on a page: the shop's own upload, without software.

Unlike a program, a person is there to mend, so what has an error is refused whatever the node's mode; and a number that
stands for another job is refused too, since nobody retypes a job in order to change it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chedang.enterprises.model import Channel, Enterprise
from chedang.enterprises.store import Connection, find_by_code
from chedang.intake.amending import DESK_DIALECT
from chedang.intake.outcomes import RecordAccepted, RefusalKind, Refused
from chedang.intake.service import new_version, refuse_other_channel, refuse_rejected
from chedang.platform.database import load_queries
from chedang.records.identity import encode_content
from chedang.records.limits import Limits
from chedang.records.model import Level, RecordState, RecordText
from chedang.records.rules import judge
from chedang.records.store import NewVersion, append, read_record
from chedang.terms.dates import day_in_china

_SQL = load_queries("chedang.intake", "desk.sql")
_NOTHING = RecordText()


def hand_in(
    connection: Connection, company_code: str, text: RecordText, *, limits: Limits, actor: str, now: datetime
) -> RecordAccepted:
    """Judge and store a record of the shop, under its settlement list number. Commits.

    ``actor`` is who stands behind it, as other nodes may read it: the shop, never a person. The same number with the
    same content is the record that is there. Raises Refused: UNKNOWN_ENTERPRISE, ENTERPRISE_REJECTED, FORBIDDEN (its
    records come from the head office), EMPTY_RECORD, NOT_ACCEPTABLE with the findings, CONFLICT (the number belongs to
    another job, or to one that is void); or the store's error with nothing done.
    """
    try:
        connection.execute(_SQL["lock_desk"], {"company_code": company_code})
        shop = _admit(connection, company_code, now)
        judgement = judge(text, limits=limits, registered_name=shop.company_name, received_at=now)
        if text == _NOTHING:
            raise Refused(RefusalKind.EMPTY_RECORD)
        if judgement.count(Level.ERROR):
            raise Refused(RefusalKind.NOT_ACCEPTABLE, findings=judgement.findings)
        version = msgspec.structs.replace(new_version(judgement, shop.company_code, DESK_DIALECT, now), actor=actor)
        if _is_there(connection, version):
            connection.rollback()
            return RecordAccepted(version.record_id, is_new=False, findings=judgement.findings)
        (appended,) = append(connection, [version])
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise
    return RecordAccepted(appended.record_id, True, appended.version, judgement.findings)


def _admit(connection: Connection, company_code: str, now: datetime) -> Enterprise:
    """The shop, if it may upload today. Raises Refused."""
    shop = find_by_code(connection, company_code)
    if shop is None:
        raise Refused(RefusalKind.UNKNOWN_ENTERPRISE)
    refuse_rejected(shop)
    refuse_other_channel(shop, Channel.SHOP, day_in_china(now))
    return shop


def _is_there(connection: Connection, version: NewVersion) -> bool:
    """Was this very content stored under the number before? Raises Refused(CONFLICT) for any other content.

    A version that was corrected since counts: the sender may only not have heard that it arrived.
    """
    held = read_record(connection, UUID(version.record_id))
    if not held:
        return False
    if held[-1].state is RecordState.VOID:
        raise Refused(RefusalKind.CONFLICT, "这个结算清单编号的记录已作废，请用新的编号")
    if not any(encode_content(each.text).decode() == version.content for each in held):
        raise Refused(RefusalKind.CONFLICT, "这个结算清单编号已用于另一条记录")
    return True
