import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("workshop", "0003_pre_sending"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "已开单"),
                            ("dispatched", "已派工"),
                            ("settled", "已结算"),
                            ("cancelled", "已取消"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("opened_at", models.DateTimeField(verbose_name="开单时间")),
                ("changed_at", models.DateTimeField(verbose_name="最近改动")),
                ("is_forgotten", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "verbose_name": "工单",
                "verbose_name_plural": "工单",
                "db_table": "workshop_order",
                "indexes": (
                    models.Index(fields=["company_code", "state", "-opened_at"], name="workshop_order_of_shop"),
                    models.Index(
                        condition=models.Q(("is_forgotten", False)),
                        fields=["changed_at"],
                        name="workshop_order_to_forget",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("company_code", models.CharField(max_length=15)),
                ("number", models.CharField(max_length=50, verbose_name="结算清单编号")),
                ("revision", models.PositiveIntegerField()),
                ("paper", models.TextField()),
                ("settled_on", models.DateField()),
                ("settled_at", models.DateTimeField(verbose_name="结算时间")),
                ("reopened_at", models.DateTimeField(null=True, verbose_name="反结算时间")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settlements", to="workshop.order"
                    ),
                ),
                (
                    "sending",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workshop.sending"
                    ),
                ),
                (
                    "void_sending",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workshop.sending"
                    ),
                ),
            ],
            options={
                "verbose_name": "结算",
                "verbose_name_plural": "结算",
                "db_table": "workshop_settlement",
                "constraints": (
                    models.UniqueConstraint(fields=("company_code", "number"), name="workshop_settlement_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("reopened_at", None)),
                        fields=("order",),
                        name="workshop_settlement_one_stands",
                    ),
                ),
            },
        ),
        migrations.AddField(
            model_name="order",
            name="settlement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="workshop.settlement",
                verbose_name="现行结算",
            ),
        ),
        migrations.CreateModel(
            name="ShopTerms",
            fields=[
                ("company_code", models.CharField(max_length=15, primary_key=True, serialize=False)),
                (
                    "hour_price",
                    models.DecimalField(decimal_places=2, max_digits=9, null=True, verbose_name="工时单价（元/小时）"),
                ),
                ("promises", models.TextField(default="{}")),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "本店约定",
                "verbose_name_plural": "本店约定",
                "db_table": "workshop_shop_terms",
            },
        ),
        migrations.CreateModel(
            name="OrderStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("opened", "开单"),
                            ("changed", "修改"),
                            ("dispatched", "派工"),
                            ("started", "开工"),
                            ("finished", "完工"),
                            ("settled", "结算"),
                            ("reopened", "反结算"),
                            ("cancelled", "取消"),
                        ],
                        max_length=12,
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("item_key", models.CharField(blank=True, max_length=12)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("done_at", models.DateTimeField()),
                (
                    "done_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="workshop.order"
                    ),
                ),
            ],
            options={
                "verbose_name": "工单经过",
                "verbose_name_plural": "工单经过",
                "db_table": "workshop_order_step",
                "indexes": [models.Index(fields=["order", "id"], name="workshop_order_step_of")],
            },
        ),
        migrations.CreateModel(
            name="OrderVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField()),
                ("content", models.TextField()),
                ("customer_sealed", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="workshop.order"
                    ),
                ),
            ],
            options={
                "verbose_name": "工单版本",
                "verbose_name_plural": "工单版本",
                "db_table": "workshop_order_version",
                "constraints": [
                    models.UniqueConstraint(fields=("order", "revision"), name="workshop_order_version_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settlement__isnull", False), ("state", "settled")),
                    models.Q(models.Q(("state", "settled"), _negated=True), ("settlement__isnull", True)),
                    _connector="OR",
                ),
                name="workshop_order_settled_has_settlement",
            ),
        ),
    )
