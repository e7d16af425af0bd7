import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chedang.supervision.models.reminders


class Migration(migrations.Migration):
    dependencies = (
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("supervision", "0005_pre_reports"),
    )

    operations = (
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=chedang.supervision.models.reminders.new_reminder_id, max_length=16, unique=True
                    ),
                ),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("authority_code", models.CharField(max_length=6)),
                ("authority", models.CharField(max_length=100, verbose_name="发出机关")),
                ("concern", models.CharField(max_length=12)),
                ("state", models.CharField(default="open", max_length=8)),
                ("rung", models.PositiveSmallIntegerField(default=1)),
                ("opened_at", models.DateTimeField()),
                ("reminded_at", models.DateTimeField()),
                ("climbs_at", models.DateTimeField()),
                ("sms_claimed_at", models.DateTimeField(blank=True, null=True)),
                ("figures", models.JSONField(default=dict)),
                ("step_count", models.PositiveIntegerField(default=0)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "duty",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="supervision.duty"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="supervision.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "督促提醒",
                "verbose_name_plural": "督促提醒",
                "db_table": "supervision_reminder",
                "constraints": (
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("company_code", "concern"),
                        name="supervision_reminder_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("concern__in", ["silent", "unconnected", "falling", "errors", "doubts"])),
                        name="supervision_reminder_concern_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "fixed", "ended"])),
                        name="supervision_reminder_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state", "open")),
                            ("closed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="supervision_reminder_closed",
                    ),
                ),
                "indexes": (
                    models.Index(fields=["company_code", "-opened_at"], name="supervision_reminder_shop"),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["division_code", "climbs_at"],
                        name="supervision_reminder_climbs",
                    ),
                    models.Index(fields=["notice"], name="supervision_reminder_notice"),
                ),
            },
        ),
        migrations.CreateModel(
            name="ReminderLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=chedang.supervision.models.reminders.new_reminder_id, max_length=16, unique=True
                    ),
                ),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("authority", models.CharField(max_length=100, verbose_name="发出机关")),
                ("written_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("sheets", models.JSONField(default=list)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "督促函",
                "verbose_name_plural": "督促函",
                "db_table": "supervision_reminder_letter",
            },
        ),
        migrations.CreateModel(
            name="ReminderStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("deed", models.CharField(max_length=16)),
                ("organisation", models.CharField(blank=True, max_length=100)),
                ("text", models.CharField(blank=True, max_length=300)),
                ("figures", models.JSONField(default=dict)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="supervision.reminderletter",
                    ),
                ),
                (
                    "reminder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="supervision.reminder"
                    ),
                ),
            ],
            options={
                "db_table": "supervision_reminder_step",
                "ordering": ("reminder", "place"),
                "constraints": (
                    models.UniqueConstraint(fields=("reminder", "place"), name="supervision_reminder_step_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "deed__in",
                                ["notice", "notice_again", "sms", "sms_not_sent", "letter", "order", "fixed", "ended"],
                            )
                        ),
                        name="supervision_reminder_step_deed_known",
                    ),
                ),
            },
        ),
    )
