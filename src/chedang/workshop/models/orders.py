"""工单 of a shop with their versions, steps and settlements. Holds prices, and customers sealed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chedang.workshop.order_model import Deed, OrderState

STATE_NAMES = {
    OrderState.OPEN: _("已开单"),
    OrderState.DISPATCHED: _("已派工"),
    OrderState.SETTLED: _("已结算"),
    OrderState.CANCELLED: _("已取消"),
}
DEED_NAMES = {
    Deed.OPENED: _("开单"),
    Deed.CHANGED: _("修改"),
    Deed.DISPATCHED: _("派工"),
    Deed.STARTED: _("开工"),
    Deed.FINISHED: _("完工"),
    Deed.SETTLED: _("结算"),
    Deed.REOPENED: _("反结算"),
    Deed.CANCELLED: _("取消"),
}


class ShopTerms(models.Model):
    """What a shop proposes in every order: its 工时单价, and what it promises beyond the legal 质量保证期."""

    company_code = models.CharField(max_length=15, primary_key=True)
    hour_price = models.DecimalField(_("工时单价（元/小时）"), max_digits=9, decimal_places=2, null=True)
    promises = models.TextField(default="{}")
    """JSON: class of work, or ``nev``, to km and days."""
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "workshop_shop_terms"
        verbose_name = _("本店约定")
        verbose_name_plural = _("本店约定")

    def __str__(self) -> str:
        return self.company_code


class Order(models.Model):
    """工单. What it says stands in its versions; ``revision`` names the newest."""

    public_id = models.CharField(max_length=12, unique=True)
    company_code = models.CharField(_("维修企业编码"), max_length=15)
    state = models.CharField(_("状态"), max_length=12, choices=[(str(s), name) for s, name in STATE_NAMES.items()])
    revision = models.PositiveIntegerField()
    settlement = models.ForeignKey(
        "workshop.Settlement", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("现行结算")
    )
    """The one that stands; null unless settled."""
    opened_at = models.DateTimeField(_("开单时间"))
    changed_at = models.DateTimeField(_("最近改动"))
    is_forgotten = models.BooleanField(default=False, db_default=False)
    """Its customer is no longer kept."""

    class Meta:
        db_table = "workshop_order"
        verbose_name = _("工单")
        verbose_name_plural = _("工单")
        constraints = (
            models.CheckConstraint(
                name="workshop_order_settled_has_settlement",
                condition=models.Q(state=str(OrderState.SETTLED), settlement__isnull=False)
                | (~models.Q(state=str(OrderState.SETTLED)) & models.Q(settlement__isnull=True)),
            ),
        )
        indexes = (
            models.Index(fields=["company_code", "state", "-opened_at"], name="workshop_order_of_shop"),
            models.Index(
                fields=["changed_at"], name="workshop_order_to_forget", condition=models.Q(is_forgotten=False)
            ),
        )

    def __str__(self) -> str:
        return self.public_id


class OrderVersion(models.Model):
    """What an order said from one save to the next. Never changed, but for forgetting the customer."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="versions")
    revision = models.PositiveIntegerField()
    content = models.TextField()
    """JSON of ``OrderContent``."""
    customer_sealed = models.BinaryField()
    """Empty once forgotten."""
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "workshop_order_version"
        verbose_name = _("工单版本")
        verbose_name_plural = _("工单版本")
        constraints = (models.UniqueConstraint(name="workshop_order_version_once", fields=["order", "revision"]),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.revision}"


class OrderStep(models.Model):
    """One thing that was done to an order: who, when, why. Never changed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="steps")
    deed = models.CharField(max_length=12, choices=[(str(d), name) for d, name in DEED_NAMES.items()])
    revision = models.PositiveIntegerField()
    item_key = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField()

    class Meta:
        db_table = "workshop_order_step"
        verbose_name = _("工单经过")
        verbose_name_plural = _("工单经过")
        indexes = (models.Index(fields=["order", "id"], name="workshop_order_step_of"),)

    def __str__(self) -> str:
        return f"{self.order_id} {self.deed}"


class Settlement(models.Model):
    """结算: one settlement list of one version of an order. Each settling has a number of its own."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="settlements")
    company_code = models.CharField(max_length=15)
    number = models.CharField(_("结算清单编号"), max_length=50)
    revision = models.PositiveIntegerField()
    paper = models.TextField()
    """JSON of ``Paper``: the shop and its promise as printed."""
    sending = models.ForeignKey("workshop.Sending", null=True, on_delete=models.PROTECT, related_name="+")
    """The upload; null once reopened when the archive never took it."""
    void_sending = models.ForeignKey("workshop.Sending", null=True, on_delete=models.PROTECT, related_name="+")
    settled_on = models.DateField()
    settled_at = models.DateTimeField(_("结算时间"))
    reopened_at = models.DateTimeField(_("反结算时间"), null=True)

    class Meta:
        db_table = "workshop_settlement"
        verbose_name = _("结算")
        verbose_name_plural = _("结算")
        constraints = (
            models.UniqueConstraint(name="workshop_settlement_number", fields=["company_code", "number"]),
            models.UniqueConstraint(
                name="workshop_settlement_one_stands", fields=["order"], condition=models.Q(reopened_at=None)
            ),
        )

    def __str__(self) -> str:
        return self.number
