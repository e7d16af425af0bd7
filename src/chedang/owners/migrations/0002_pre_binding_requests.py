import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("owners", "0001_pre_bindings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="ClaimCode",
            fields=[
                ("code_digest", models.BinaryField(primary_key=True, serialize=False)),
                ("record_id", models.UUIDField()),
                ("received_on", models.DateField(db_index=True)),
            ],
            options={
                "verbose_name": "认领码",
                "verbose_name_plural": "认领码",
                "db_table": "owners_claim_code",
            },
        ),
        migrations.CreateModel(
            name="BindingRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=16, unique=True)),
                ("vin", models.CharField(blank=True, max_length=17, verbose_name="车架号")),
                ("plate_number", models.CharField(blank=True, max_length=16, verbose_name="车牌号码")),
                ("doubts", models.CharField(max_length=200, verbose_name="原因")),
                ("facts_given", models.CharField(blank=True, max_length=60, verbose_name="填写的事实")),
                ("facts_right", models.CharField(blank=True, max_length=60, verbose_name="相符的事实")),
                ("has_code", models.BooleanField(default=False, verbose_name="持有认领码")),
                ("company_code", models.CharField(blank=True, max_length=15, verbose_name="上次维修的企业")),
                ("visited_on", models.DateField(blank=True, null=True, verbose_name="上次维修")),
                ("division_code", models.CharField(max_length=6, verbose_name="办理机构的行政区划")),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("due_at", models.DateTimeField(verbose_name="应答复时间")),
                ("owner_said", models.CharField(blank=True, max_length=16, verbose_name="现车主意见")),
                ("owner_said_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "等待核对"),
                            ("agreed", "已同意"),
                            ("refused", "未同意"),
                            ("withdrawn", "本人撤回"),
                        ],
                        default="waiting",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("reason", models.CharField(blank=True, max_length=32, verbose_name="理由")),
                ("explanation", models.CharField(blank=True, max_length=250, verbose_name="说明")),
                ("licence_province", models.CharField(blank=True, max_length=2, verbose_name="行驶证登记地")),
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="binding_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "绑定申请",
                "verbose_name_plural": "绑定申请",
                "db_table": "owners_binding_request",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["due_at"], name="owners_request_waiting"
                    ),
                    models.Index(fields=["user", "asked_at"], name="owners_request_user"),
                    models.Index(
                        condition=models.Q(("vin", ""), _negated=True), fields=["vin"], name="owners_request_vin"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "waiting")),
                        fields=("user", "vin", "plate_number"),
                        name="owners_binding_request_once",
                    )
                ],
            },
        ),
    )
