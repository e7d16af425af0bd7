import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = (migrations.swappable_dependency(settings.AUTH_USER_MODEL),)

    operations = (
        migrations.CreateModel(
            name="NumberGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("asked_count", models.PositiveIntegerField(verbose_name="申领数量")),
                ("why", models.CharField(blank=True, max_length=200, verbose_name="用途")),
                ("asked_at", models.DateTimeField(verbose_name="申领时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待发放"),
                            ("granted", "已发放"),
                            ("refused", "未发放"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="waiting",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="办理时间")),
                ("refusal", models.CharField(blank=True, max_length=200, verbose_name="未发放原因")),
                ("year", models.PositiveSmallIntegerField(default=0)),
                ("first_serial", models.PositiveIntegerField(default=1)),
                ("last_serial", models.PositiveIntegerField(default=0)),
                ("next_serial", models.PositiveIntegerField(default=1)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "合格证编号申领",
                "verbose_name_plural": "合格证编号申领",
                "db_table": "workshop_number_grant",
                "constraints": (
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("company_code",),
                        name="workshop_number_grant_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "next_serial__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("last_serial"), "+", models.Value(1)
                                ),
                            )
                        ),
                        name="workshop_number_grant_bounded",
                    ),
                ),
                "indexes": (models.Index(fields=["company_code", "asked_at"], name="workshop_number_grant_shop"),),
            },
        ),
        migrations.CreateModel(
            name="CompletionCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="编号")),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("kind", models.CharField(max_length=12, verbose_name="维修类别")),
                ("record_id", models.UUIDField()),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("issued_at", models.DateTimeField(verbose_name="签发时间")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="作废时间")),
                ("cancelled_why", models.CharField(blank=True, max_length=200, verbose_name="作废原因")),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="workshop.numbergrant",
                    ),
                ),
            ],
            options={
                "verbose_name": "竣工出厂合格证",
                "verbose_name_plural": "竣工出厂合格证",
                "db_table": "workshop_completion_certificate",
                "constraints": (
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None)),
                        fields=("record_id",),
                        name="workshop_completion_one_a_record",
                    ),
                ),
                "indexes": (
                    models.Index(fields=["company_code", "issued_at"], name="workshop_completion_shop"),
                    models.Index(fields=["division_code", "issued_at"], name="workshop_completion_division"),
                ),
            },
        ),
        migrations.CreateModel(
            name="SerialOfYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("division_code", models.CharField(max_length=6)),
                ("year", models.PositiveSmallIntegerField()),
                ("next_serial", models.PositiveIntegerField(default=1)),
            ],
            options={
                "db_table": "workshop_completion_serial",
                "constraints": [
                    models.UniqueConstraint(fields=("division_code", "year"), name="workshop_completion_serial_once")
                ],
            },
        ),
    )
