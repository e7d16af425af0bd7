"""更正 on the pages of a shop and an officer: the record as it stands, the form, and the new version."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from chedang.enterprises import known
from chedang.intake.corrections import RecordChanges
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.records import store as records
from chedang.records.model import StoredVersion
from chedang.reviews import corrections
from chedang.reviews.case_model import CaseKind, NotAllowed, Topic
from chedang.reviews.cases import Actor
from chedang.reviews.corrections import Amending
from chedang.reviews.models.cases import Case
from chedang.site.archive.connections import archive
from chedang.site.cases.forms import AmendForm
from chedang.site.limits import limits_today

_LONGEST_REASON = 200


def record_of(case: Case) -> StoredVersion | None:
    """The newest version of the record that the case is about; ``None`` for a missing one."""
    if case.record_id is None:
        return None
    with archive() as connection:
        return records.find_record(connection, case.record_id)


def amend_form(case: Case, record: StoredVersion | None, given: Mapping[str, str] | None) -> AmendForm | None:
    """The form for the elements that the report is about; ``None`` where there is no record to correct."""
    if case.kind != CaseKind.CORRECTION or record is None:
        return None
    return AmendForm(Topic(case.correction.topic), record.text, case.correction.said_value, given)


def correct(case: Case, actor: Actor, form: AmendForm | None, *, is_void: bool, reason: str) -> bool:
    """Store the new version; False when the form has to be mended. Raises NotAllowed."""
    if form is None:
        raise NotAllowed(_("漏传的维修请由企业用维修软件或上传文件补传，补传后系统自动核对。"))
    if is_void:
        reason = reason.strip()[:_LONGEST_REASON]
        if not reason:
            raise NotAllowed(_("请写明作废的依据。"))
        changes = RecordChanges()
    elif form.is_valid():
        reason, changes = form.cleaned_data["reason"], form.changes()
    else:
        return False
    with archive() as connection:
        shop = known.find_all(connection, {case.company_code}).get(case.company_code)
        amending = Amending(changes, reason, shop.company_name if shop else "", is_void)
        try:
            corrections.amend(connection, case.number, actor, amending, limits=limits_today(), now=timezone.now())
        except Refused as refused:
            raise NotAllowed(_words(refused)) from refused
    return True


def _words(refused: Refused) -> str:
    refusal = refused.refusal
    if refusal.kind is RefusalKind.NOT_ACCEPTABLE:
        return _("更正后的内容还有错误：%(faults)s") % {"faults": corrections.refused_because(refusal.findings)}
    if refusal.kind is RefusalKind.CONFLICT:
        return _("结算清单编号已用于另一条记录。")
    return _("这条记录现在不能更正，请稍后再试。")
