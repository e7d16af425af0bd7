from django.db import migrations, models

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    initial = True

    operations = (
        sql_file("enterprises", "0001_pre_enterprises.sql"),
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                ("company_code", models.TextField(primary_key=True, serialize=False, verbose_name="维修企业编码")),
                ("enterprise_id", models.BigIntegerField(verbose_name="内部序号")),
                ("company_name", models.TextField(verbose_name="企业名称")),
                ("division_code", models.TextField(verbose_name="行政区划代码")),
                ("category_code", models.TextField(verbose_name="经营业务类别")),
                ("road_transport_license", models.TextField(verbose_name="许可证号或备案号")),
                ("unified_credit_code", models.TextField(verbose_name="统一社会信用代码")),
                ("address", models.TextField(verbose_name="地址")),
                ("postal_code", models.TextField(verbose_name="邮政编码")),
                ("economic_category_code", models.TextField(verbose_name="经济类型")),
                ("linkman_name", models.TextField(verbose_name="联系人")),
                ("linkman_phone", models.TextField(verbose_name="联系电话")),
                ("superintendent_name", models.TextField(verbose_name="负责人")),
                ("superintendent_phone", models.TextField(verbose_name="负责人电话")),
                ("business_scope", models.TextField(verbose_name="经营范围")),
                ("license_start_on", models.DateField(null=True, verbose_name="有效期起")),
                ("license_end_on", models.DateField(null=True, verbose_name="有效期止")),
                ("operation_state_code", models.TextField(verbose_name="经营状态")),
                ("email", models.TextField(verbose_name="电子邮箱")),
                ("findings", models.TextField(verbose_name="登记疑点")),
                (
                    "review_state",
                    models.TextField(
                        choices=[("pending", "待审核"), ("approved", "审核成功"), ("rejected", "审核不成功")],
                        verbose_name="审核状态",
                    ),
                ),
                ("reviewed_at", models.DateTimeField(null=True, verbose_name="审核时间")),
                ("reviewed_by", models.TextField(verbose_name="审核人")),
                ("review_reason", models.TextField(verbose_name="审核意见")),
                ("password_hash", models.TextField(verbose_name="密码摘要")),
                ("password_is_weak", models.BooleanField(verbose_name="密码较弱")),
                ("password_changed_at", models.DateTimeField(null=True, verbose_name="密码更换时间")),
                ("token_generation", models.IntegerField(verbose_name="令牌批次")),
                (
                    "source",
                    models.TextField(
                        choices=[("registered", "软件登记"), ("imported", "由原系统迁入")], verbose_name="来源"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "维修企业",
                "verbose_name_plural": "维修企业",
                "db_table": "enterprise",
                "managed": False,
            },
        ),
    )
