import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("filing", "0001_pre_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="FilingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("company_code", models.CharField(max_length=15)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("fields", models.JSONField()),
                ("edits_sealed", models.BinaryField()),
                ("asked_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("organisation", models.CharField(blank=True, max_length=100)),
                ("reason", models.CharField(blank=True, max_length=200)),
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
                "db_table": "filing_change",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "agreed", "refused", "withdrawn"])),
                        name="filing_change_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("company_code",),
                        name="filing_change_one_open",
                    ),
                ),
                "indexes": (models.Index(fields=["state", "asked_at"], name="filing_change_queue"),),
            },
        ),
        migrations.CreateModel(
            name="FilingStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_code", models.CharField(max_length=15)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=12)),
                ("organisation", models.CharField(blank=True, max_length=100)),
                ("fields", models.JSONField(default=list)),
                ("edits_sealed", models.BinaryField(default=bytes)),
                ("text", models.CharField(blank=True, max_length=200)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "change",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="filing.filingchange",
                    ),
                ),
            ],
            options={
                "db_table": "filing_step",
                "ordering": ("at", "pk"),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "filed",
                                    "filed_again",
                                    "changed",
                                    "asked",
                                    "withdrawn",
                                    "agreed",
                                    "refused",
                                    "approved",
                                    "rejected",
                                    "attached",
                                    "detached",
                                    "checked",
                                    "profile",
                                ],
                            )
                        ),
                        name="filing_step_kind_known",
                    ),
                ),
                "indexes": (models.Index(fields=["company_code", "at"], name="filing_step_shop"),),
            },
        ),
        migrations.CreateModel(
            name="ChecklistAnswers",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_code", models.CharField(max_length=15)),
                ("version", models.PositiveIntegerField()),
                ("class_key", models.CharField(max_length=12)),
                ("edition", models.CharField(max_length=16)),
                ("answers", models.JSONField()),
                ("missing", models.PositiveSmallIntegerField()),
                ("answered_at", models.DateTimeField()),
                (
                    "answered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "filing_checklist",
                "constraints": [
                    models.UniqueConstraint(fields=("company_code", "version"), name="filing_checklist_version"),
                    models.CheckConstraint(
                        condition=models.Q(("class_key__in", ["first", "second", "minor", "special"])),
                        name="filing_checklist_class_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FilingAttachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_id", models.UUIDField(unique=True)),
                ("company_code", models.CharField(max_length=15)),
                ("kind", models.CharField(max_length=16)),
                ("media_type", models.CharField(max_length=32)),
                ("size_bytes", models.PositiveIntegerField()),
                ("added_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "filing_attachment",
                "ordering": ("added_at", "pk"),
                "indexes": [models.Index(fields=["company_code", "added_at"], name="filing_attachment_shop")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["licence", "filing_form", "premises", "people", "other"])),
                        name="filing_attachment_kind_known",
                    )
                ],
            },
        ),
    )
