"""Bindings of people to cars. Holds personal data: who has which car."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User
from chedang.owners.model import Access, Kind, Scope
from chedang.owners.words import KIND_WORDS, PROOF_WORDS, SCOPE_CHOICES


class Fleet(models.Model):
    """单位: a company whose cars its people see."""

    public_id = models.CharField(max_length=16, unique=True)
    name = models.CharField(_("单位名称"), max_length=100)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "owners_fleet"
        verbose_name = _("单位")
        verbose_name_plural = _("单位")

    def __str__(self) -> str:
        return self.public_id


class BindingQuerySet(models.QuerySet["Binding"]):
    """Which bindings count."""

    def active(self, now: datetime) -> BindingQuerySet:
        """Neither ended nor expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), ended_at=None)


class Binding(models.Model):
    """One car that one person, or one company's people, may see. Ended rows stay, so that the owner sees them.

    A car has one owner at a time: a person (OWN) or a company (COMPANY). Those the owner lets in have CONSENT rows.
    """

    public_id = models.CharField(max_length=16, unique=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="bindings")
    fleet = models.ForeignKey(Fleet, null=True, blank=True, on_delete=models.PROTECT, related_name="bindings")
    vin = models.CharField(_("车架号"), max_length=17)
    plate_number = models.CharField(_("车牌号码"), max_length=16, blank=True)
    kind = models.CharField(_("种类"), max_length=16, choices=[(str(key), name) for key, name in KIND_WORDS.items()])
    proof = models.CharField(_("依据"), max_length=16, choices=[(str(key), name) for key, name in PROOF_WORDS.items()])
    scope = models.CharField(_("范围"), max_length=16, default=str(Scope.FULL), choices=SCOPE_CHOICES)
    relation = models.CharField(_("与车主的关系"), max_length=16, blank=True)
    granted_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="grants")
    shops_hidden_before_on = models.DateField(_("此日之前的维修企业不显示"), null=True, blank=True)
    bound_at = models.DateTimeField(_("绑定时间"))
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_why = models.CharField(_("结束原因"), max_length=32, blank=True)

    objects = BindingQuerySet.as_manager()

    class Meta:
        db_table = "owners_binding"
        verbose_name = _("车辆绑定")
        verbose_name_plural = _("车辆绑定")
        constraints = (
            models.UniqueConstraint(
                name="owners_binding_one_owner",
                fields=["vin"],
                condition=Q(ended_at=None, kind__in=[str(Kind.OWN), str(Kind.COMPANY)]),
            ),
            models.UniqueConstraint(
                name="owners_binding_once",
                fields=["user", "vin"],
                condition=Q(ended_at=None, user__isnull=False),
            ),
            models.CheckConstraint(
                name="owners_binding_of_person_or_fleet",
                condition=Q(user__isnull=False, fleet__isnull=True) | Q(user__isnull=True, fleet__isnull=False),
            ),
        )
        indexes = (models.Index(fields=["vin", "bound_at"], name="owners_binding_vin"),)

    def __str__(self) -> str:
        return self.public_id

    def as_access(self) -> Access:
        """What this binding lets its people see."""
        return Access(
            car_id=self.public_id,
            vin=self.vin,
            plate_number=self.plate_number,
            kind=Kind(self.kind),
            scope=Scope(self.scope),
            shops_hidden_before=self.shops_hidden_before_on,
        )


from chedang.owners.binding_models import BindingRequest, ClaimCode  # noqa: E402 - they refer to what stands above
from chedang.owners.handing_models import AskedConsent, FleetMember, Invitation, Transfer  # noqa: E402 - as above
from chedang.owners.proof_models import Certificate, Share, SharedView  # noqa: E402 - as above

__all__ = [
    "AskedConsent",
    "Binding",
    "BindingQuerySet",
    "BindingRequest",
    "Certificate",
    "ClaimCode",
    "Fleet",
    "FleetMember",
    "Invitation",
    "Share",
    "SharedView",
    "Transfer",
]
