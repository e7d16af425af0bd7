import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("supervision", "0006_pre_reminders"),)

    operations = (
        migrations.CreateModel(
            name="AssessmentWeights",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.CharField(max_length=20, unique=True)),
                ("effective_on", models.DateField()),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("first_used_at", models.DateTimeField()),
            ],
            options={"db_table": "supervision_assessment_weights"},
        ),
        migrations.CreateModel(
            name="AssessmentBasis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fixed_at", models.DateTimeField()),
                (
                    "snapshot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="basis",
                        to="supervision.snapshot",
                    ),
                ),
                (
                    "weights",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="supervision.assessmentweights",
                    ),
                ),
            ],
            options={"db_table": "supervision_assessment_basis"},
        ),
        migrations.CreateModel(
            name="AssessmentCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("measured_at", models.DateTimeField()),
                (
                    "snapshot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="supervision.snapshot",
                    ),
                ),
            ],
            options={"db_table": "supervision_assessment_correction"},
        ),
    )
