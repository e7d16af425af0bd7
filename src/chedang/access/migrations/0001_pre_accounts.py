import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="SignInTry",
            fields=[
                ("username_digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("failure_count", models.PositiveIntegerField(default=0)),
                ("last_failed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "登录失败计数",
                "verbose_name_plural": "登录失败计数",
                "db_table": "access_sign_in_try",
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "username",
                    models.CharField(
                        max_length=64,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="账户名",
                    ),
                ),
                ("display_name", models.CharField(max_length=64, verbose_name="姓名或称呼")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "车主"),
                            ("shop", "维修企业"),
                            ("regulator", "监管人员"),
                            ("admin", "系统管理员"),
                        ],
                        max_length=16,
                        verbose_name="角色",
                    ),
                ),
                (
                    "division_code",
                    models.CharField(
                        blank=True,
                        max_length=6,
                        validators=[django.core.validators.RegexValidator("^[0-9]{6}$")],
                        verbose_name="管辖行政区划代码",
                    ),
                ),
                ("company_code", models.CharField(blank=True, max_length=15, verbose_name="维修企业编码")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="建立时间")),
            ],
            options={
                "verbose_name": "账户",
                "verbose_name_plural": "账户",
                "db_table": "access_user",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["owner", "shop", "regulator", "admin"])),
                        name="access_user_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "regulator"), _negated=True),
                            models.Q(("division_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="access_user_regulator_has_division",
                        violation_error_message="监管人员须填写管辖行政区划代码。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("role", "shop"), _negated=True),
                            models.Q(("company_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="access_user_shop_has_company",
                        violation_error_message="维修企业账户须填写维修企业编码。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "车主"),
                            ("shop", "维修企业"),
                            ("regulator", "监管人员"),
                            ("admin", "系统管理员"),
                        ],
                        max_length=16,
                        verbose_name="当时角色",
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("account:sign_in", "登录"),
                            ("account:sign_out", "退出"),
                            ("vehicle:look_up", "查询车辆"),
                            ("vehicle:read_file", "查看车辆档案"),
                            ("vehicle:show_vin", "显示完整车架号"),
                            ("records:read_doubtful", "查看有错误的记录"),
                            ("records:read_own", "企业查看自己的记录"),
                            ("enterprise:read", "查看企业备案"),
                            ("enterprise:approve", "审核通过企业"),
                            ("enterprise:reject", "审核不通过企业"),
                        ],
                        max_length=40,
                        verbose_name="操作",
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("own_vehicle", "车主查看自己的车辆"),
                            ("supervision", "监督检查"),
                            ("own_business", "企业核对自己的记录"),
                            ("administration", "账户与备案管理"),
                        ],
                        max_length=24,
                        verbose_name="目的",
                    ),
                ),
                ("vin", models.CharField(blank=True, max_length=17, verbose_name="车架号")),
                ("object_id", models.CharField(blank=True, max_length=64, verbose_name="对象")),
                ("object_digest", models.CharField(blank=True, max_length=64, verbose_name="输入摘要")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
            ],
            options={
                "verbose_name": "访问记录",
                "verbose_name_plural": "访问记录",
                "db_table": "access_audit_event",
                "indexes": [
                    models.Index(fields=["actor", "action", "at"], name="access_audit_event_actor"),
                    models.Index(
                        condition=models.Q(("vin", ""), _negated=True),
                        fields=["vin", "at"],
                        name="access_audit_event_vin",
                    ),
                    models.Index(fields=["at"], name="access_audit_event_at"),
                ],
            },
        ),
    )
