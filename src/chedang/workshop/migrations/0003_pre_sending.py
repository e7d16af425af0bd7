import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("workshop", "0002_pre_explanations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="NumberSerial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_code", models.CharField(max_length=15)),
                ("day", models.DateField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "结算清单编号",
                "db_table": "workshop_number_serial",
                "constraints": [
                    models.UniqueConstraint(fields=("company_code", "day"), name="workshop_number_serial_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(unique=True)),
                ("company_code", models.CharField(max_length=15)),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "草稿",
                "db_table": "workshop_draft",
                "indexes": [
                    models.Index(fields=["company_code", "-changed_at"], name="workshop_draft_shop"),
                    models.Index(fields=["changed_at"], name="workshop_draft_changed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_code", models.CharField(max_length=15)),
                ("origin", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=8)),
                ("number", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("state", models.CharField(max_length=8)),
                ("record_id", models.UUIDField(blank=True, null=True)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("fault", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "待上传记录",
                "db_table": "workshop_sending",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["id"], name="workshop_sending_waiting"
                    ),
                    models.Index(fields=["company_code", "-made_at"], name="workshop_sending_shop"),
                    models.Index(fields=["record_id"], name="workshop_sending_record"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company_code", "origin"), name="workshop_sending_origin"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["upload", "void"])), name="workshop_sending_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "sent", "refused"])),
                        name="workshop_sending_state_known",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="draft",
            name="sending",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="draft",
                to="workshop.sending",
            ),
        ),
    )
