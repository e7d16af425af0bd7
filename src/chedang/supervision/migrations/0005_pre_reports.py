import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chedang.supervision.models.reports


class Migration(migrations.Migration):
    dependencies = (
        ("supervision", "0004_pre_enforcement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="HalfYearReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=chedang.supervision.models.reports.new_report_id, max_length=16, unique=True
                    ),
                ),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("authority", models.CharField(max_length=100, verbose_name="编报机关")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年")),
                ("half", models.PositiveSmallIntegerField(verbose_name="半年")),
                ("edition", models.PositiveSmallIntegerField(default=1)),
                ("state", models.CharField(default="draft", max_length=8)),
                ("league", models.JSONField(default=list)),
                ("names", models.JSONField(default=dict)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("begun_at", models.DateTimeField()),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                ("word_digest", models.CharField(blank=True, max_length=64)),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="supervision.snapshot"
                    ),
                ),
            ],
            options={
                "verbose_name": "半年报告",
                "verbose_name_plural": "半年报告",
                "db_table": "supervision_report",
                "constraints": (
                    models.UniqueConstraint(
                        fields=("division_code", "year", "half", "edition"), name="supervision_report_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("half__in", [1, 2])), name="supervision_report_half"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("issued_at", None), ("state", "draft")),
                            models.Q(("issued_at__isnull", False), ("state", "issued")),
                            _connector="OR",
                        ),
                        name="supervision_report_issued_whole",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="ReportStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("deed", models.CharField(max_length=8)),
                ("key", models.CharField(blank=True, max_length=40)),
                ("before", models.TextField(blank=True)),
                ("after", models.TextField(blank=True)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="supervision.halfyearreport",
                    ),
                ),
            ],
            options={
                "db_table": "supervision_report_step",
                "ordering": ("pk",),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("deed__in", ["begin", "refresh", "write", "issue"])),
                        name="supervision_report_step_known",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="ReportText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("written_at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="texts",
                        to="supervision.halfyearreport",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "supervision_report_text",
                "constraints": (
                    models.UniqueConstraint(fields=("report", "key"), name="supervision_report_text_once"),
                ),
            },
        ),
    )
