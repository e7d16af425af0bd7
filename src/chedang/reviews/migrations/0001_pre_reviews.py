import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chedang.reviews.models.ratings


class Migration(migrations.Migration):
    initial = True

    dependencies = (migrations.swappable_dependency(settings.AUTH_USER_MODEL),)

    operations = (
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="编号")),
                ("kind", models.CharField(max_length=16)),
                ("state", models.CharField(max_length=20)),
                ("holder", models.CharField(blank=True, max_length=10)),
                ("vin", models.CharField(max_length=17)),
                ("plate_number", models.CharField(blank=True, max_length=16)),
                ("record_id", models.UUIDField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(blank=True, null=True)),
                ("company_code", models.CharField(max_length=15)),
                ("division_code", models.CharField(max_length=6)),
                ("visit_on", models.DateField(blank=True, null=True)),
                ("submitted_at", models.DateTimeField()),
                ("begun_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("missed", models.PositiveSmallIntegerField(default=0)),
                ("is_missed_by_shop", models.BooleanField(default=False)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decided_by", models.CharField(blank=True, max_length=10)),
                ("outcome", models.CharField(blank=True, max_length=16)),
                ("working_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("is_agreed", models.BooleanField(default=False)),
                ("is_reopened", models.BooleanField(default=False)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "反馈或投诉",
                "verbose_name_plural": "反馈与投诉",
                "db_table": "reviews_case",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["correction", "complaint"])), name="reviews_case_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "with_shop",
                                    "refused_by_shop",
                                    "with_county",
                                    "with_city",
                                    "corrected",
                                    "refused",
                                    "submitted",
                                    "accepted",
                                    "forwarded",
                                    "replied",
                                    "mediated",
                                    "solved",
                                    "unsolved",
                                    "handed_over",
                                    "closed",
                                ],
                            )
                        ),
                        name="reviews_case_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("holder__in", ["owner", "shop", "county", "city", "clock", "archive", "hotline", ""])
                        ),
                        name="reviews_case_holder_known",
                    ),
                ),
                "indexes": (
                    models.Index(fields=["owner", "-submitted_at"], name="reviews_case_owner"),
                    models.Index(fields=["company_code", "due_at"], name="reviews_case_shop"),
                    models.Index(fields=["division_code", "submitted_at"], name="reviews_case_division"),
                    models.Index(fields=["vin"], name="reviews_case_vin"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="reviews_case_due"
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="CaseSerial",
            fields=[
                ("prefix", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "db_table": "reviews_case_serial",
            },
        ),
        migrations.CreateModel(
            name="ShopSums",
            fields=[
                ("company_code", models.CharField(max_length=15, primary_key=True, serialize=False)),
                ("review_count", models.PositiveIntegerField(default=0)),
                ("weight", models.FloatField(default=0.0)),
                ("weighted", models.FloatField(default=0.0)),
                ("half_life_days", models.FloatField()),
                ("last_received_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "企业评分",
                "verbose_name_plural": "企业评分",
                "db_table": "reviews_shop_sums",
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="complaint",
                        serialize=False,
                        to="reviews.case",
                    ),
                ),
                ("category", models.CharField(max_length=16)),
                ("demand", models.CharField(max_length=200)),
                ("text", models.CharField(max_length=1000)),
                ("contact_sealed", models.BinaryField(blank=True, null=True)),
                ("refusal_reason", models.CharField(blank=True, max_length=20)),
                ("hotline_number", models.CharField(blank=True, max_length=40)),
                ("satisfaction", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
            options={
                "db_table": "reviews_complaint",
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="correction",
                        serialize=False,
                        to="reviews.case",
                    ),
                ),
                ("topic", models.CharField(max_length=16)),
                ("said_value", models.CharField(blank=True, max_length=200)),
                ("text", models.CharField(blank=True, max_length=500)),
                ("settlement_list_number", models.CharField(blank=True, max_length=64)),
                ("new_record_id", models.UUIDField(blank=True, null=True)),
                ("new_version", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "db_table": "reviews_correction",
            },
        ),
        migrations.CreateModel(
            name="CasePhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_id", models.UUIDField(unique=True)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="reviews.case"
                    ),
                ),
            ],
            options={
                "db_table": "reviews_case_photo",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="CaseStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("deed", models.CharField(max_length=12)),
                ("party", models.CharField(max_length=10)),
                ("organisation", models.CharField(blank=True, max_length=100)),
                ("state", models.CharField(max_length=20)),
                ("text", models.CharField(blank=True, max_length=1000)),
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
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="reviews.case"
                    ),
                ),
            ],
            options={
                "db_table": "reviews_case_step",
                "ordering": ("at", "pk"),
                "indexes": (models.Index(fields=["case", "at"], name="reviews_case_step_case"),),
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=chedang.reviews.models.ratings.new_review_id, max_length=16, unique=True),
                ),
                ("author_since", models.DateTimeField()),
                ("by_staff", models.BooleanField(default=False)),
                ("device_digest", models.CharField(blank=True, max_length=64)),
                ("vin", models.CharField(max_length=17, verbose_name="车架号")),
                ("record_id", models.UUIDField()),
                ("record_version", models.PositiveIntegerField()),
                ("settled_on", models.DateField(verbose_name="结算日期")),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("scheme", models.CharField(max_length=32)),
                ("scheme_version", models.PositiveIntegerField()),
                ("answers", models.JSONField()),
                ("tags", models.JSONField(default=list)),
                ("national", models.JSONField()),
                ("mark", models.FloatField()),
                ("written_at", models.DateTimeField(verbose_name="评价时间")),
                ("suspicions", models.JSONField(default=list)),
                ("is_suspect", models.BooleanField(default=False)),
                ("cleared_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "cleared_by",
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
                "verbose_name": "评价",
                "verbose_name_plural": "评价",
                "db_table": "reviews_review",
                "constraints": (
                    models.UniqueConstraint(fields=("author", "record_id"), name="reviews_review_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("record_id",),
                        name="reviews_review_one_of_record",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mark__gte", 1.0), ("mark__lte", 5.0)), name="reviews_review_mark"
                    ),
                ),
                "indexes": (
                    models.Index(fields=["company_code", "written_at"], name="reviews_review_company"),
                    models.Index(fields=["author", "written_at"], name="reviews_review_author"),
                    models.Index(
                        condition=models.Q(("is_suspect", True)),
                        fields=["division_code"],
                        name="reviews_review_suspect",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("owner", "车主评价"), ("follow_up", "追加评价"), ("reply", "商家回复")], max_length=16
                    ),
                ),
                ("text", models.TextField()),
                ("masked", models.JSONField(default=list)),
                ("held_for", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("shown", "已显示"), ("held", "待核对"), ("refused", "不予显示")], max_length=16
                    ),
                ),
                ("written_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_reason", models.CharField(blank=True, max_length=200)),
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
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="remarks", to="reviews.review"
                    ),
                ),
            ],
            options={
                "verbose_name": "评价文字",
                "verbose_name_plural": "评价文字",
                "db_table": "reviews_remark",
                "constraints": (models.UniqueConstraint(fields=("review", "kind"), name="reviews_remark_once"),),
                "indexes": (
                    models.Index(
                        condition=models.Q(("state", "held")), fields=["written_at"], name="reviews_remark_held"
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("not_our_job", "说的不是本店的维修"),
                            ("untrue", "与事实不符，本店有单据"),
                            ("insult", "辱骂或泄露他人信息"),
                            ("competitor", "疑似同行评价"),
                            ("extortion", "以差评索要好处"),
                            ("other", "其他"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "申诉成立，评价已隐藏"), ("refused", "申诉不成立，评价保留")],
                        max_length=16,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_reason", models.CharField(blank=True, max_length=200)),
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
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="appeal", to="reviews.review"
                    ),
                ),
            ],
            options={
                "verbose_name": "评价申诉",
                "verbose_name_plural": "评价申诉",
                "db_table": "reviews_appeal",
                "indexes": (
                    models.Index(
                        condition=models.Q(("decided_at", None)), fields=["due_on"], name="reviews_appeal_open"
                    ),
                ),
            },
        ),
    )
