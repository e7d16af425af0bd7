import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chedang.supervision.models.snapshots


class Migration(migrations.Migration):
    dependencies = (
        ("supervision", "0002_pre_credit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=chedang.supervision.models.snapshots.new_snapshot_id, max_length=16, unique=True
                    ),
                ),
                ("origin", models.CharField(blank=True, default="", max_length=2)),
                ("kind", models.CharField(max_length=10)),
                ("division_code", models.CharField(max_length=6)),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("edition", models.PositiveSmallIntegerField()),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
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
                "db_table": "supervision_snapshot",
                "indexes": [
                    models.Index(fields=["division_code", "kind", "last_on"], name="supervision_snapshot_division")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("origin", "kind", "division_code", "first_on", "last_on", "edition"),
                        name="supervision_snapshot_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["month", "half_year"])), name="supervision_snapshot_kind_known"
                    ),
                ],
            },
        ),
    )
