"""What binding a car needs beside the bindings: the index of claim codes, and requests that wait for an officer."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User
from chedang.owners.model import RequestState
from chedang.owners.rules import DOUBTS_BY_CODE, Doubt

_WAITING = Q(state=str(RequestState.WAITING))
_STATES = {
    RequestState.WAITING: _("等待核对"),
    RequestState.AGREED: _("已同意"),
    RequestState.REFUSED: _("未同意"),
    RequestState.WITHDRAWN: _("本人撤回"),
}


class ClaimCode(models.Model):
    """Which record a claim code leads to. Derived from the records by ``owners.claim_index`` and made again from them.

    Nothing else is kept here: state, VIN and plate are those of the record at the moment a code is used.
    """

    code_digest = models.BinaryField(primary_key=True)
    record_id = models.UUIDField()
    received_on = models.DateField(db_index=True)

    class Meta:
        db_table = "owners_claim_code"
        verbose_name = _("认领码")
        verbose_name_plural = _("认领码")

    def __str__(self) -> str:
        return str(self.record_id)


class BindingRequestQuerySet(models.QuerySet["BindingRequest"]):
    """Which requests are meant."""

    def waiting(self) -> BindingRequestQuerySet:
        """Not decided; the longest waiting first, so that overdue ones stand on top."""
        return self.filter(state=str(RequestState.WAITING)).order_by("due_at", "pk")


class BindingRequest(models.Model):
    """申请绑定: what could not be decided at once. Holds what fitted, never what was typed of the paper."""

    public_id = models.CharField(max_length=16, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="binding_requests")
    vin = models.CharField(_("车架号"), max_length=17, blank=True)
    """'' where no car fits plate and end of the VIN: the person is not told that."""
    plate_number = models.CharField(_("车牌号码"), max_length=16, blank=True)
    doubts = models.CharField(_("原因"), max_length=200)
    facts_given = models.CharField(_("填写的事实"), max_length=60, blank=True)
    facts_right = models.CharField(_("相符的事实"), max_length=60, blank=True)
    has_code = models.BooleanField(_("持有认领码"), default=False)
    company_code = models.CharField(_("上次维修的企业"), max_length=15, blank=True)
    visited_on = models.DateField(_("上次维修"), null=True, blank=True)
    division_code = models.CharField(_("办理机构的行政区划"), max_length=6)
    asked_at = models.DateTimeField(_("申请时间"))
    due_at = models.DateTimeField(_("应答复时间"))
    owner_said = models.CharField(_("现车主意见"), max_length=16, blank=True)
    owner_said_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=16,
        default=str(RequestState.WAITING),
        choices=[(str(key), name) for key, name in _STATES.items()],
    )
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=32, blank=True)
    explanation = models.CharField(_("说明"), max_length=250, blank=True)
    licence_province = models.CharField(_("行驶证登记地"), max_length=2, blank=True)

    objects = BindingRequestQuerySet.as_manager()

    class Meta:
        db_table = "owners_binding_request"
        verbose_name = _("绑定申请")
        verbose_name_plural = _("绑定申请")
        constraints = (
            models.UniqueConstraint(
                name="owners_binding_request_once",
                fields=["user", "vin", "plate_number"],
                condition=_WAITING,
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], name="owners_request_waiting", condition=_WAITING),
            models.Index(fields=["user", "asked_at"], name="owners_request_user"),
            models.Index(fields=["vin"], name="owners_request_vin", condition=~Q(vin="")),
        )

    def __str__(self) -> str:
        return self.public_id

    @property
    def all_doubts(self) -> tuple[Doubt, ...]:
        """Why it could not be decided at once."""
        return tuple(DOUBTS_BY_CODE[code] for code in self.doubts.split(",") if code)

    @property
    def is_waiting(self) -> bool:
        return self.state == RequestState.WAITING

    def is_overdue(self, now: datetime) -> bool:
        """The clock of two days has run out."""
        return self.is_waiting and self.due_at <= now
