import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chedang.supervision.models.credit


class Migration(migrations.Migration):
    dependencies = (
        ("supervision", "0001_pre_dialogue"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="CreditAssessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=chedang.supervision.models.credit.new_credit_id, max_length=16, unique=True
                    ),
                ),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("year", models.PositiveSmallIntegerField(verbose_name="考核年度")),
                ("state", models.CharField(default="draft", max_length=10)),
                ("stated", models.JSONField(default=dict)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("snapshot", models.JSONField(blank=True, null=True)),
                ("points", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("grade", models.CharField(blank=True, max_length=3, verbose_name="自评等级")),
                ("changed_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "质量信誉自评",
                "verbose_name_plural": "质量信誉自评",
                "db_table": "supervision_credit",
                "indexes": [models.Index(fields=["division_code", "year"], name="supervision_credit_division")],
                "constraints": [
                    models.UniqueConstraint(fields=("company_code", "year"), name="supervision_credit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "submitted", "opened"])),
                        name="supervision_credit_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("snapshot", None), ("state", "draft")),
                            models.Q(
                                ("points__isnull", False), ("snapshot__isnull", False), ("submitted_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="supervision_credit_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("indicator", models.CharField(max_length=40)),
                ("file_id", models.UUIDField(unique=True)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="supervision.creditassessment",
                    ),
                ),
            ],
            options={
                "db_table": "supervision_credit_evidence",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="CreditStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("deed", models.CharField(max_length=10)),
                ("organisation", models.CharField(blank=True, max_length=100)),
                ("snapshot", models.JSONField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="supervision.creditassessment",
                    ),
                ),
            ],
            options={
                "db_table": "supervision_credit_step",
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("deed__in", ["submit", "take_back", "open"])),
                        name="supervision_credit_step_known",
                    )
                ],
            },
        ),
    )
