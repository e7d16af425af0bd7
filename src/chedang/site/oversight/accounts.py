"""What 系统管理员 and 安全管理员 change about accounts, each written down with what was before and after."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chedang.access import second_factor
from chedang.access.actions import record_event
from chedang.access.model import OFFICIALS, WITH_DIVISION, AuditAction, Purpose, Role
from chedang.access.models import OpenSession, User
from chedang.access.rules import may_become
from chedang.access.sessions import end_sessions
from chedang.site.account import throttle
from chedang.site.organisation import organisation_of

Rights = dict[str, object]


def rights_of(account: User | None) -> Rights | None:
    """What an account may do and where, as the audit trail keeps it; ``None`` for one that is not there yet."""
    if account is None:
        return None
    return {
        "role": account.role,
        "division_code": account.division_code,
        "company_code": account.company_code,
        "is_active": account.is_active,
        "awaits_confirmation": account.awaits_confirmation,
    }


def note_change(by: User, account: User, *, before: Rights | None, after: Rights | None) -> None:
    """Write an administrator's act down; ``object_id`` is the number of the account."""
    _note(by, AuditAction.CHANGE_ACCOUNT, account, before, after)


def official_for(by: User, number: int) -> User:
    """An official's account, held until the transaction ends.

    Raises User.DoesNotExist, PermissionDenied for the own account.
    """
    account = User.objects.select_for_update().get(pk=number, role__in=OFFICIALS)
    if account.pk == by.pk:
        raise PermissionDenied(_("自己的账户要由另一位安全管理员办理。"))
    return account


@transaction.atomic
def confirm(by: User, number: int) -> User:
    """Let an account open what its role opens."""
    account = official_for(by, number)
    before = rights_of(account)
    account.awaits_confirmation = False
    _save(by, account, before)
    return account


@transaction.atomic
def change_rights(by: User, number: int, role: Role, division_code: str) -> User:
    """Another role or division; the person signs in anew. Raises ValidationError."""
    account = official_for(by, number)
    if not may_become(Role(account.role), role):
        raise ValidationError(_("系统管理员、安全管理员、安全审计员的角色不能改变，请停用后另开账户。"))
    before = rights_of(account)
    account.role, account.division_code = str(role), division_code if role in WITH_DIVISION else ""
    account.full_clean()
    _save(by, account, before)
    end_sessions(OpenSession.objects.filter(user=account))
    return account


@transaction.atomic
def reset_second_factor(by: User, number: int) -> User:
    """Take the 动态口令 off; the person enrols anew at the next sign-in."""
    account = official_for(by, number)
    before: Rights = {"enrolled": second_factor.is_enrolled(account)}
    _note(by, AuditAction.RESET_SECOND_FACTOR, account, before, {"enrolled": False})
    second_factor.reset(account)
    end_sessions(OpenSession.objects.filter(user=account))
    return account


@transaction.atomic
def show_enrolment_code(by: User, number: int) -> str:
    """启用码 to hand to the person, who enrols a device with it. Raises LookupError once one is enrolled."""
    account = official_for(by, number)
    note_change(by, account, before={"enrolment_code": "hidden"}, after={"enrolment_code": "shown"})
    return second_factor.enrolment_code(account)


@transaction.atomic
def unlock(by: User, number: int) -> User:
    """Forget wrong passwords and codes, so that the person need not wait."""
    account = official_for(by, number)
    note_change(by, account, before={"must_wait": True}, after={"must_wait": False})
    for matter in (account.username, second_factor.matter_of(account)):
        throttle.forget(matter)
    return account


def _save(by: User, account: User, before: Rights | None) -> None:
    note_change(by, account, before=before, after=rights_of(account))
    account.save()


def _note(by: User, action: AuditAction, account: User, before: Rights | None, after: Rights | None) -> None:
    record_event(
        by,
        action,
        Purpose.ADMINISTRATION,
        now=timezone.now(),
        object_id=f"account {account.pk}",
        organisation=organisation_of(by),
        before=before,
        after=after,
    )
