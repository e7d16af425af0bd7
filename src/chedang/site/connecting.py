"""新备案提醒: right after a filing is approved the shop is told how to connect (交办运〔2021〕82号), once."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Final

from django.db import transaction

from chedang.access.model import Role
from chedang.access.models import User
from chedang.enterprises.model import Enterprise
from chedang.records import worklist
from chedang.site.archive.connections import archive
from chedang.supervision import notices
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.notices import Notice
from chedang.supervision.notice_texts import load_templates
from chedang.supervision.notices import Writing

TEMPLATE: Final = "connect_now"


def remind_to_connect(shop: Enterprise, officer: User, *, authority: str, now: datetime) -> bool:
    """Send the reminder in the name of the officer's authority; false where there is no need, or it was sent before.

    A shop of which a record has come in is connected. The notice has a name made of the shop's code, so that approving
    again sends none. Nothing here may stand in the way of an approval.
    """
    public_id = sha256(f"{TEMPLATE}/{shop.company_code}".encode()).hexdigest()[:16]
    if officer.role != Role.REGULATOR or Notice.objects.filter(public_id=public_id).exists():
        return False
    with archive() as connection:
        if worklist.count_company_records(connection, shop.company_code).total:
            return False
    words = load_templates()[TEMPLATE]
    writing = Writing(
        kind=words.kind, title=words.title, text=words.text, template=TEMPLATE, audience=(shop.company_code,)
    )
    try:
        with transaction.atomic():
            notices.draft(public_id, writing, officer, authority=authority, now=now)
            notices.send(public_id, officer, now=now)
    except NotAllowed:
        return False
    return True
