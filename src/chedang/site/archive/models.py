"""The archive's tables that Django's pages must know. Unmanaged: their DDL stands in the packages' SQL files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

_REVIEW_STATES = [("pending", _("待审核")), ("approved", _("审核成功")), ("rejected", _("审核不成功"))]
_SOURCES = [
    ("registered", _("软件登记")),
    ("imported", _("由原系统迁入")),
    ("allocated", _("总部申请分配")),
    ("maker", _("汽车生产企业总部")),
]


class Enterprise(models.Model):
    """维修经营者, for lists and the admin. What changes one goes through ``enterprises.actions``, never ``save``."""

    company_code = models.TextField(_("维修企业编码"), primary_key=True)
    national_code = models.TextField(_("全国唯一编码"))
    enterprise_id = models.BigIntegerField(_("内部序号"))
    company_name = models.TextField(_("企业名称"))
    division_code = models.TextField(_("行政区划代码"))
    category_code = models.TextField(_("经营业务类别"))
    road_transport_license = models.TextField(_("许可证号或备案号"))
    unified_credit_code = models.TextField(_("统一社会信用代码"))
    address = models.TextField(_("地址"))
    postal_code = models.TextField(_("邮政编码"))
    economic_category_code = models.TextField(_("经济类型"))
    linkman_name = models.TextField(_("联系人"))
    linkman_phone = models.TextField(_("联系电话"))
    superintendent_name = models.TextField(_("负责人"))
    superintendent_phone = models.TextField(_("负责人电话"))
    business_scope = models.TextField(_("经营范围"))
    license_start_on = models.DateField(_("有效期起"), null=True)
    license_end_on = models.DateField(_("有效期止"), null=True)
    operation_state_code = models.TextField(_("经营状态"))
    email = models.TextField(_("电子邮箱"))
    findings = models.TextField(_("登记疑点"))
    review_state = models.TextField(_("审核状态"), choices=_REVIEW_STATES)
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)
    reviewed_by = models.TextField(_("审核人"))
    review_reason = models.TextField(_("审核意见"))
    password_hash = models.TextField(_("密码摘要"))
    password_is_weak = models.BooleanField(_("密码较弱"))
    password_changed_at = models.DateTimeField(_("密码更换时间"), null=True)
    token_generation = models.IntegerField(_("令牌批次"))
    source = models.TextField(_("来源"), choices=_SOURCES)
    created_at = models.DateTimeField(_("登记时间"))

    class Meta:
        managed = False
        db_table = "enterprise"
        verbose_name = _("维修企业")
        verbose_name_plural = _("维修企业")

    def __str__(self) -> str:
        return self.company_name
