import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("supervision", "0008_pre_announcements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="CreditObjectionFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_id", models.UUIDField(unique=True)),
                ("media_type", models.CharField(max_length=20)),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "db_table": "supervision_credit_objection_file",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="CreditReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("company_name", models.CharField(max_length=200, verbose_name="企业名称")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("category_code", models.CharField(blank=True, max_length=2, verbose_name="经营业务类别")),
                ("year", models.PositiveSmallIntegerField(verbose_name="考核年度")),
                ("state", models.CharField(max_length=10)),
                ("step_count", models.PositiveIntegerField(default=0)),
                ("result", models.JSONField()),
                ("points", models.PositiveSmallIntegerField(verbose_name="得分")),
                ("grade", models.CharField(max_length=3, verbose_name="质量信誉等级")),
                ("authority", models.CharField(max_length=100, verbose_name="评定机关")),
                ("proposed_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("objection", models.TextField(blank=True)),
                ("objected_at", models.DateTimeField(blank=True, null=True)),
                ("decision", models.TextField(blank=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("corrected_at", models.DateTimeField(blank=True, null=True)),
                ("former_grade", models.CharField(blank=True, max_length=3)),
                ("correction_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "质量信誉评定",
                "verbose_name_plural": "质量信誉评定",
                "db_table": "supervision_credit_review",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["returned", "reviewed", "proposed", "objected", "decided", "published"])
                        ),
                        name="supervision_credit_review_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["returned", "reviewed"]),
                            models.Q(("due_at__isnull", False), ("proposed_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="supervision_credit_review_told",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "published"), _negated=True),
                            ("published_at__isnull", False),
                            _connector="OR",
                        ),
                        name="supervision_credit_review_published",
                    ),
                ),
                "indexes": (
                    models.Index(fields=["division_code", "year", "state"], name="supervision_credit_review_div"),
                    models.Index(fields=["year", "grade", "company_code"], name="supervision_credit_review_list"),
                ),
            },
        ),
        migrations.CreateModel(
            name="CreditReviewStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("deed", models.CharField(max_length=10)),
                ("organisation", models.CharField(blank=True, max_length=100)),
                ("words", models.TextField(blank=True)),
                ("result", models.JSONField()),
                ("points", models.PositiveSmallIntegerField()),
                ("grade", models.CharField(max_length=3)),
            ],
            options={
                "db_table": "supervision_credit_review_step",
                "ordering": ("review", "place"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="creditstep",
            name="supervision_credit_step_known",
        ),
        migrations.AddField(
            model_name="creditassessment",
            name="is_by_officer",
            field=models.BooleanField(db_default=False, default=False, verbose_name="未自评"),
        ),
        migrations.AddConstraint(
            model_name="creditstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("deed__in", ["submit", "take_back", "open", "begin"])),
                name="supervision_credit_step_known",
            ),
        ),
        migrations.AddField(
            model_name="creditreview",
            name="assessment",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="review", to="supervision.creditassessment"
            ),
        ),
        migrations.AddField(
            model_name="creditreview",
            name="reviewer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="creditobjectionfile",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="files", to="supervision.creditreview"
            ),
        ),
        migrations.AddField(
            model_name="creditreviewstep",
            name="actor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="creditreviewstep",
            name="review",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="supervision.creditreview"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditreviewstep",
            constraint=models.UniqueConstraint(fields=("review", "place"), name="supervision_credit_review_step_once"),
        ),
        migrations.AddConstraint(
            model_name="creditreviewstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deed__in", ["review", "return", "confirm", "object", "decide", "publish", "correct"])
                ),
                name="supervision_credit_review_step_known",
            ),
        ),
    )
