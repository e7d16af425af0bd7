import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("supervision", "0009_pre_credit_review"),)

    operations = (
        migrations.CreateModel(
            name="IssuedReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("document", models.JSONField()),
                ("word", models.BinaryField()),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="as_issued",
                        to="supervision.halfyearreport",
                    ),
                ),
            ],
            options={
                "db_table": "supervision_issued_report",
            },
        ),
    )
