"""People of a shop, their certificates and how they sign in. Holds personal data: names; numbers only sealed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chedang.access.models import User
from chedang.filing.staff_model import CertificateKind, Trade

TRADE_NAMES = {
    Trade.HEAD: _("负责人"),
    Trade.TECHNICAL_HEAD: _("技术负责人"),
    Trade.INSPECTOR: _("质量检验员"),
    Trade.RECEPTION: _("业务接待员"),
    Trade.PRICING: _("价格核算员"),
    Trade.MECHANIC: _("机修"),
    Trade.ELECTRICIAN: _("电器维修"),
    Trade.BODY: _("钣金"),
    Trade.PAINT: _("涂漆"),
    Trade.HIGH_VOLTAGE: _("新能源高压"),
    Trade.OTHER: _("其他岗位"),
}
CERTIFICATE_NAMES = {
    CertificateKind.ENGINEER: _("机动车检测维修专业技术人员职业资格证"),
    CertificateKind.SKILL: _("汽车维修工职业技能等级证"),
    CertificateKind.INSPECTOR: _("质量检验员证"),
    CertificateKind.ELECTRICIAN: _("低压电工作业证"),
    CertificateKind.WELDER: _("焊接与热切割作业证"),
    CertificateKind.OTHER: _("其他证书"),
}


class StaffMember(models.Model):
    """One person of one shop. The row stays when the person leaves; ``user`` is the account to sign in, if any."""

    public_id = models.CharField(max_length=16, unique=True)
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    name = models.CharField(_("姓名"), max_length=32)
    trade = models.CharField(_("工种"), max_length=16, choices=[(str(key), name) for key, name in TRADE_NAMES.items()])
    user = models.OneToOneField(User, null=True, on_delete=models.PROTECT, related_name="staff_member")
    joined_on = models.DateField(_("到岗日期"))
    left_on = models.DateField(_("离职日期"), null=True)
    added_at = models.DateTimeField()

    class Meta:
        db_table = "filing_staff_member"
        verbose_name = _("企业人员")
        verbose_name_plural = _("企业人员")
        indexes = (models.Index(fields=["company_code"], name="filing_staff_member_company"),)

    def __str__(self) -> str:
        return self.public_id


class StaffSpell(models.Model):
    """An earlier time that a person worked at the shop, kept when the person comes back."""

    member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="spells")
    joined_on = models.DateField(_("到岗日期"))
    left_on = models.DateField(_("离职日期"))

    class Meta:
        db_table = "filing_staff_spell"
        verbose_name = _("以前的任职")
        verbose_name_plural = _("以前的任职")

    def __str__(self) -> str:
        return f"{self.pk}"


class StaffCertificate(models.Model):
    """A certificate that a person holds. Its number is sealed; only its last four characters are shown."""

    public_id = models.CharField(max_length=16, unique=True)
    member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(
        _("证书"), max_length=16, choices=[(str(key), name) for key, name in CERTIFICATE_NAMES.items()]
    )
    number_sealed = models.BinaryField()
    number_end = models.CharField(_("证书编号末尾"), max_length=4, blank=True)
    level = models.CharField(_("等级"), max_length=16, blank=True)
    issued_by = models.CharField(_("发证单位"), max_length=64, blank=True)
    valid_until_on = models.DateField(_("有效期至"), null=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "filing_staff_certificate"
        verbose_name = _("人员证书")
        verbose_name_plural = _("人员证书")
        indexes = (
            models.Index(
                fields=["valid_until_on"],
                name="filing_staff_certificate_ends",
                condition=Q(ended_at=None, valid_until_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class StaffPhone(models.Model):
    """The phone with which a person of a shop signs in; within one shop nobody else has it."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="staff_phone")
    company_code = models.CharField(max_length=15)
    number_digest = models.CharField(max_length=64)
    number_sealed = models.BinaryField()
    given_at = models.DateTimeField()

    class Meta:
        db_table = "filing_staff_phone"
        verbose_name = _("企业人员手机")
        verbose_name_plural = _("企业人员手机")
        constraints = (
            models.UniqueConstraint(name="filing_staff_phone_once", fields=["number_digest", "company_code"]),
        )

    def __str__(self) -> str:
        return f"{self.pk}"


class ShopAccess(models.Model):
    """One row per shop whose people sign in: whoever changes who may, locks it. Holds the open first sign-in code."""

    company_code = models.CharField(max_length=15, primary_key=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_made_at = models.DateTimeField(null=True)
    code_expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "filing_shop_access"
        verbose_name = _("企业账户")
        verbose_name_plural = _("企业账户")
        constraints = (
            models.CheckConstraint(
                name="filing_shop_access_code_whole",
                condition=Q(code_digest="") | Q(code_expires_at__gt=F("code_made_at")),
            ),
        )

    def __str__(self) -> str:
        return self.company_code
