import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chedang.platform.chance


class Migration(migrations.Migration):
    dependencies = (
        ("filing", "0002_pre_filings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="FilingCancellation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("company_code", models.CharField(max_length=15)),
                ("state", models.CharField(max_length=12)),
                ("reason", models.CharField(max_length=12)),
                ("text", models.CharField(blank=True, max_length=200)),
                ("ended_on", models.DateField()),
                ("operation_state_before", models.CharField(blank=True, max_length=4)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("organisation", models.CharField(blank=True, max_length=100)),
                ("answer", models.CharField(blank=True, max_length=200)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "filing_cancellation",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "cancelled", "refused", "withdrawn", "restored", "refiled"])
                        ),
                        name="filing_cancellation_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["closed", "moved", "merged", "unreachable", "other"])),
                        name="filing_cancellation_reason_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "cancelled"])),
                        fields=("company_code",),
                        name="filing_cancellation_one",
                    ),
                ),
                "indexes": (models.Index(fields=["state", "asked_at"], name="filing_cancellation_queue"),),
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=chedang.platform.chance.new_public_id, max_length=16, unique=True),
                ),
                ("company_code", models.CharField(max_length=15)),
                ("division_code", models.CharField(max_length=6)),
                ("reason", models.CharField(max_length=12)),
                ("state", models.CharField(default="planned", max_length=12)),
                ("planned_on", models.DateField()),
                ("class_key", models.CharField(max_length=12)),
                ("edition", models.CharField(max_length=16)),
                ("presence", models.CharField(blank=True, max_length=12)),
                ("outcome", models.CharField(blank=True, max_length=12)),
                ("remark", models.CharField(blank=True, max_length=500)),
                ("planned_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "filing_inspection",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "under_way", "finished", "dropped"])),
                        name="filing_inspection_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["filing", "change", "order", "risk", "complaint", "random"])
                        ),
                        name="filing_inspection_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("class_key__in", ["first", "second", "minor", "special"])),
                        name="filing_inspection_class_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "finished"), _negated=True),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("outcome__in", ["met", "to_correct"]),
                                ("presence__in", ["present", "refused", "absent"]),
                            ),
                            _connector="OR",
                        ),
                        name="filing_inspection_finished_whole",
                    ),
                ),
                "indexes": (
                    models.Index(fields=["company_code", "-closed_at"], name="filing_inspection_shop"),
                    models.Index(fields=["state", "planned_on"], name="filing_inspection_queue"),
                ),
            },
        ),
        migrations.CreateModel(
            name="InspectionAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("client_id", models.UUIDField()),
                ("item", models.CharField(max_length=40)),
                ("verdict", models.CharField(max_length=8)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("said_at", models.DateTimeField()),
            ],
            options={
                "db_table": "filing_inspection_answer",
                "ordering": ("pk",),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["met", "not_met", "na"])),
                        name="filing_inspection_verdict_known",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="InspectionDraw",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=chedang.platform.chance.new_public_id, max_length=16, unique=True),
                ),
                ("division_code", models.CharField(max_length=6)),
                ("seed", models.CharField(max_length=64)),
                ("shops", models.JSONField()),
                ("officers", models.JSONField()),
                ("count", models.PositiveSmallIntegerField()),
                ("drawn", models.JSONField()),
                ("drawn_at", models.DateTimeField()),
            ],
            options={
                "db_table": "filing_inspection_draw",
                "ordering": ("-drawn_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="InspectionPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_id", models.UUIDField(unique=True)),
                ("client_id", models.UUIDField()),
                ("item", models.CharField(max_length=40)),
                ("size_bytes", models.PositiveIntegerField()),
                ("added_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "filing_inspection_photo",
                "ordering": ("added_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="InspectionStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=12)),
                ("organisation", models.CharField(blank=True, max_length=100)),
                ("text", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "db_table": "filing_inspection_step",
                "ordering": ("at", "pk"),
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["planned", "moved", "dropped", "finished", "amended"])),
                        name="filing_inspection_step_known",
                    ),
                ),
            },
        ),
        migrations.RemoveConstraint(
            model_name="filingstep",
            name="filing_step_kind_known",
        ),
        migrations.AddConstraint(
            model_name="filingstep",
            constraint=models.CheckConstraint(
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
                            "cancel_asked",
                            "cancel_back",
                            "cancel_kept",
                            "cancelled",
                            "restored",
                        ],
                    )
                ),
                name="filing_step_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="filingcancellation",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="filingcancellation",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="officers",
            field=models.ManyToManyField(
                db_table="filing_inspection_officer", related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="planned_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inspectionanswer",
            name="inspection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="filing.inspection"
            ),
        ),
        migrations.AddField(
            model_name="inspectionanswer",
            name="said_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inspectiondraw",
            name="drawn_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inspection",
            name="draw",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="filing.inspectiondraw",
            ),
        ),
        migrations.AddField(
            model_name="inspectionphoto",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inspectionphoto",
            name="inspection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="filing.inspection"
            ),
        ),
        migrations.AddField(
            model_name="inspectionstep",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="inspectionstep",
            name="inspection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="filing.inspection"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectionanswer",
            constraint=models.UniqueConstraint(
                fields=("inspection", "client_id"), name="filing_inspection_answer_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="inspectionphoto",
            constraint=models.UniqueConstraint(fields=("inspection", "client_id"), name="filing_inspection_photo_once"),
        ),
    )
