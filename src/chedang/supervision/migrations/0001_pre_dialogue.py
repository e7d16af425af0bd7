import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chedang.supervision.models.notices


class Migration(migrations.Migration):
    initial = True

    dependencies = (migrations.swappable_dependency(settings.AUTH_USER_MODEL),)

    operations = (
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True, verbose_name="编号")),
                ("kind", models.CharField(max_length=10)),
                ("state", models.CharField(max_length=12)),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("authority_code", models.CharField(max_length=6)),
                ("authority", models.CharField(max_length=100, verbose_name="发出机关")),
                ("basis", models.CharField(blank=True, max_length=40)),
                ("basis_words", models.CharField(blank=True, max_length=300)),
                ("what", models.TextField(verbose_name="需要改正的内容")),
                ("record_numbers", models.JSONField(default=list)),
                ("case_numbers", models.JSONField(default=list)),
                ("issued_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("step_count", models.PositiveIntegerField(default=0)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("is_answered_late", models.BooleanField(default=False)),
                ("longer_asked_at", models.DateTimeField(blank=True, null=True)),
                ("longer_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("longer_decided_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "责令改正",
                "verbose_name_plural": "责令改正",
                "db_table": "supervision_duty",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["order", "urge"])), name="supervision_duty_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["with_shop", "answered", "returned", "done", "not_done", "revoked"])
                        ),
                        name="supervision_duty_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "order"), _negated=True),
                            models.Q(("basis", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="supervision_duty_order_has_basis",
                    ),
                ),
                "indexes": (
                    models.Index(fields=["company_code", "due_at"], name="supervision_duty_shop"),
                    models.Index(fields=["division_code", "due_at"], name="supervision_duty_division"),
                ),
            },
        ),
        migrations.CreateModel(
            name="DutyEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step_place", models.PositiveIntegerField()),
                ("file_id", models.UUIDField(unique=True)),
                ("media_type", models.CharField(max_length=40)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="supervision.duty"
                    ),
                ),
            ],
            options={
                "db_table": "supervision_duty_evidence",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="DutyStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("deed", models.CharField(max_length=16)),
                ("party", models.CharField(max_length=10)),
                ("organisation", models.CharField(max_length=100)),
                ("state", models.CharField(max_length=12)),
                ("due_at", models.DateTimeField()),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("evidence_count", models.PositiveSmallIntegerField(default=0)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="supervision.duty"
                    ),
                ),
            ],
            options={
                "db_table": "supervision_duty_step",
                "ordering": ("duty", "place"),
                "constraints": (
                    models.UniqueConstraint(fields=("duty", "place"), name="supervision_duty_step_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "deed__in",
                                [
                                    "issue",
                                    "answer",
                                    "ask_longer",
                                    "grant_longer",
                                    "refuse_longer",
                                    "return",
                                    "accept",
                                    "close_not_done",
                                    "revoke",
                                ],
                            )
                        ),
                        name="supervision_duty_step_deed_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("party__in", ["shop", "officer"])), name="supervision_duty_step_party_known"
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=chedang.supervision.models.notices.new_notice_id, max_length=16, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("state", models.CharField(default="draft", max_length=10)),
                ("template", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(max_length=100, verbose_name="标题")),
                ("text", models.TextField(verbose_name="正文")),
                ("asks_acknowledgement", models.BooleanField(default=False)),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("authority", models.CharField(max_length=100, verbose_name="发出机关")),
                ("is_to_all", models.BooleanField(default=False)),
                ("audience", models.JSONField(default=list)),
                ("silent_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("drafted_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("recipient_count", models.PositiveIntegerField(default=0)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawal_reason", models.CharField(blank=True, max_length=200)),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
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
                "verbose_name": "通知",
                "verbose_name_plural": "通知",
                "db_table": "supervision_notice",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["notice", "reminder"])), name="supervision_notice_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "checking", "sent", "withdrawn"])),
                        name="supervision_notice_state_known",
                    ),
                ),
                "indexes": (models.Index(fields=["division_code", "-drafted_at"], name="supervision_notice_division"),),
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("fills", models.JSONField(default=dict)),
                ("delivered_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="recipients", to="supervision.notice"
                    ),
                ),
                (
                    "read_by",
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
                "db_table": "supervision_recipient",
                "constraints": (
                    models.UniqueConstraint(fields=("notice", "company_code"), name="supervision_recipient_once"),
                    models.CheckConstraint(
                        condition=models.Q(("acknowledged_at", None), ("read_at__isnull", False), _connector="OR"),
                        name="supervision_recipient_read_before",
                    ),
                ),
                "indexes": (
                    models.Index(fields=["company_code", "-delivered_at"], name="supervision_recipient_shop"),
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["company_code"],
                        name="supervision_recipient_unread",
                    ),
                ),
            },
        ),
    )
