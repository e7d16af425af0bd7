"""备案 by the web: a shop without software gets its code, and whoever files for it the manager's account."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.enterprises.model import Enterprise
from chedang.filing.filing_model import FilingRefused
from chedang.filing.history import By, note_all
from chedang.filing.staff_accounts import NameTaken, managers_of
from chedang.filing.staff_enrolment import HasManager, Proof, make_manager


def is_name_free(username: str) -> bool:
    """May somebody new have this account name?"""
    return not User.objects.filter(username__iexact=User.normalize_username(username)).exists()


def own_account(company_code: str, username: str, password: str) -> User | None:
    """The account that an earlier try made, whose answer was lost: the same shop, name and password."""
    user = managers_of(company_code).filter(username=User.normalize_username(username)).first()
    return user if user is not None and user.check_password(password) else None


def give_account(shop: Enterprise, username: str, password: str, display_name: str, *, now: datetime) -> User:
    """The account of who manages a shop that was registered just now, or by an earlier try; the filing's first step.

    Whoever calls this has seen the shop's upload password. Raises FilingRefused when somebody manages the shop already,
    or the name was taken meanwhile.
    """
    if (user := own_account(shop.company_code, username, password)) is not None:
        return user
    try:
        with transaction.atomic():
            user = make_manager(Proof(shop.company_code), display_name, username=username, password=password, now=now)
            by = By(user, shop.company_name)
            record_event(
                user,
                AuditAction.FILE_ENTERPRISE,
                Purpose.OWN_BUSINESS,
                now=now,
                object_id=shop.company_code,
                organisation=shop.company_name,
            )
            note_all(shop.company_code, shop, by, now=now)
    except HasManager:
        raise FilingRefused(_("该企业已经备案，并有负责人账户。请直接登录。")) from None
    except NameTaken:
        raise FilingRefused(_("这个账户名已经有人用了，请换一个再提交一次；企业编码不会重复分配。")) from None
    return user
