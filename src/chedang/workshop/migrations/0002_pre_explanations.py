import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("workshop", "0001_pre_completion"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="Explanation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_id", models.UUIDField()),
                ("version", models.PositiveIntegerField()),
                ("company_code", models.CharField(max_length=15)),
                ("finding_code", models.CharField(max_length=64)),
                ("text", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "说明",
                "verbose_name_plural": "说明",
                "db_table": "workshop_explanation",
                "ordering": ("made_at", "pk"),
                "indexes": [
                    models.Index(fields=["record_id", "made_at"], name="workshop_explanation_record"),
                    models.Index(fields=["company_code"], name="workshop_explanation_shop"),
                ],
            },
        ),
    )
