import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = (migrations.swappable_dependency(settings.AUTH_USER_MODEL),)

    operations = (
        migrations.CreateModel(
            name="Fleet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=16, unique=True)),
                ("name", models.CharField(max_length=100, verbose_name="单位名称")),
                ("credit_code", models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码")),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "单位",
                "verbose_name_plural": "单位",
                "db_table": "owners_fleet",
            },
        ),
        migrations.CreateModel(
            name="Binding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=16, unique=True)),
                ("vin", models.CharField(max_length=17, verbose_name="车架号")),
                ("plate_number", models.CharField(blank=True, max_length=16, verbose_name="车牌号码")),
                (
                    "kind",
                    models.CharField(
                        choices=[("own", "本人车辆"), ("consent", "他人车辆"), ("company", "单位车辆")],
                        max_length=16,
                        verbose_name="种类",
                    ),
                ),
                (
                    "proof",
                    models.CharField(
                        choices=[
                            ("claim_code", "认领码"),
                            ("visit_facts", "上次维修的单据"),
                            ("officer", "人工核对"),
                            ("transfer", "过户码"),
                            ("consent", "车主同意"),
                            ("roster", "单位车辆清单"),
                        ],
                        max_length=16,
                        verbose_name="依据",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("verdict", "只看里程判断"), ("buyer", "买家视图"), ("full", "全部内容")],
                        default="full",
                        max_length=16,
                        verbose_name="范围",
                    ),
                ),
                ("relation", models.CharField(blank=True, max_length=16, verbose_name="与车主的关系")),
                (
                    "shops_hidden_before_on",
                    models.DateField(blank=True, null=True, verbose_name="此日之前的维修企业不显示"),
                ),
                ("bound_at", models.DateTimeField(verbose_name="绑定时间")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="到期时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="结束时间")),
                ("ended_why", models.CharField(blank=True, max_length=32, verbose_name="结束原因")),
                (
                    "granted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="owners.binding",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bindings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fleet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bindings",
                        to="owners.fleet",
                    ),
                ),
            ],
            options={
                "verbose_name": "车辆绑定",
                "verbose_name_plural": "车辆绑定",
                "db_table": "owners_binding",
                "indexes": [models.Index(fields=["vin", "bound_at"], name="owners_binding_vin")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("kind__in", ["own", "company"])),
                        fields=("vin",),
                        name="owners_binding_one_owner",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("user__isnull", False)),
                        fields=("user", "vin"),
                        name="owners_binding_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fleet__isnull", True), ("user__isnull", False)),
                            models.Q(("fleet__isnull", False), ("user__isnull", True)),
                            _connector="OR",
                        ),
                        name="owners_binding_of_person_or_fleet",
                    ),
                ],
            },
        ),
    )
