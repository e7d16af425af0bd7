import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("access", "0004_pre_maker_events"),)

    operations = (
        migrations.CreateModel(
            name="OwnerPhone",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="phone",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("number_digest", models.CharField(max_length=64, unique=True)),
                ("number_sealed", models.BinaryField()),
                ("proved_at", models.DateTimeField(verbose_name="验证时间")),
            ],
            options={
                "verbose_name": "车主手机",
                "verbose_name_plural": "车主手机",
                "db_table": "access_owner_phone",
            },
        ),
        migrations.AddField(
            model_name="auditevent",
            name="organisation",
            field=models.CharField(blank=True, default="", max_length=100, verbose_name="当时单位"),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("account:sign_in", "登录"),
                    ("account:sign_out", "退出"),
                    ("vehicle:look_up", "查询车辆"),
                    ("vehicle:read_file", "查看车辆档案"),
                    ("vehicle:show_vin", "显示完整车架号"),
                    ("records:read_doubtful", "查看有错误的记录"),
                    ("records:read_own", "企业查看自己的记录"),
                    ("records:upload_file", "上传记录文件"),
                    ("enterprise:read", "查看企业备案"),
                    ("enterprise:approve", "审核通过企业"),
                    ("enterprise:reject", "审核不通过企业"),
                    ("enterprise:change_channel", "改变企业上传方式"),
                    ("maker:approve", "同意总部对总部"),
                    ("maker:refuse", "不同意总部对总部"),
                    ("maker:end", "终止总部对总部"),
                    ("maker:change_dealers", "变更经销商名单"),
                    ("maker:reset_password", "重设总部上传密码"),
                    ("secret:make", "生成接口密钥"),
                    ("secret:end", "停用接口密钥"),
                    ("account:change_phone", "更换手机号码"),
                    ("account:close", "注销账户"),
                    ("binding:make", "绑定车辆"),
                    ("binding:ask", "申请绑定车辆"),
                    ("binding:decide", "决定绑定申请"),
                    ("binding:end", "解除绑定"),
                    ("binding:grant", "同意他人查看"),
                    ("binding:revoke", "收回同意"),
                    ("transfer:offer", "开出过户码"),
                    ("transfer:take", "凭过户码绑定"),
                    ("fleet:change", "变更单位车辆或人员"),
                    ("vehicle:export", "导出车辆档案"),
                    ("share:make", "开出分享码"),
                    ("share:revoke", "收回分享码"),
                    ("share:read", "凭分享码查看"),
                    ("certificate:issue", "开出档案证明"),
                    ("certificate:revoke", "收回档案证明"),
                    ("review:write", "评价维修"),
                    ("review:answer", "回复或申诉评价"),
                    ("review:decide", "决定评价申诉"),
                    ("correction:report", "反馈记录有误"),
                    ("correction:answer", "答复记录反馈"),
                    ("correction:read_evidence", "查看反馈或投诉的照片"),
                    ("complaint:make", "提出投诉"),
                    ("complaint:handle", "办理投诉"),
                ],
                max_length=40,
                verbose_name="操作",
            ),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="操作人",
            ),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("own_vehicle", "车主查看自己的车辆"),
                    ("supervision", "监督检查"),
                    ("own_business", "企业核对自己的记录"),
                    ("by_consent", "经车主同意查看"),
                    ("shared", "凭车主给的分享码查看"),
                    ("owners_request", "办理车主的申请、反馈或投诉"),
                    ("administration", "账户与备案管理"),
                ],
                max_length=24,
                verbose_name="目的",
            ),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[("owner", "车主"), ("shop", "维修企业"), ("regulator", "监管人员"), ("admin", "系统管理员")],
                max_length=16,
                verbose_name="当时角色",
            ),
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                ("key_digest", models.CharField(max_length=64)),
                ("began_at", models.DateTimeField()),
                ("taken", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "限次计数",
                "verbose_name_plural": "限次计数",
                "db_table": "access_allowance",
                "indexes": [models.Index(fields=["began_at"], name="access_allowance_began")],
                "constraints": [models.UniqueConstraint(fields=("kind", "key_digest"), name="access_allowance_once")],
            },
        ),
        migrations.CreateModel(
            name="OpenSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("browser", models.CharField(blank=True, max_length=32, verbose_name="浏览器")),
                ("system", models.CharField(blank=True, max_length=32, verbose_name="系统")),
                ("began_at", models.DateTimeField(verbose_name="登录时间")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="open_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "登录中的设备",
                "verbose_name_plural": "登录中的设备",
                "db_table": "access_open_session",
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content_sealed", models.BinaryField()),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "演示短信",
                "verbose_name_plural": "演示短信",
                "db_table": "access_outbox_message",
                "indexes": [models.Index(fields=["written_at"], name="access_outbox_message_written")],
            },
        ),
        migrations.CreateModel(
            name="SmsCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("session_digest", models.CharField(max_length=64)),
                ("matter", models.CharField(max_length=16)),
                ("number_sealed", models.BinaryField()),
                ("code_digest", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries_left", models.PositiveSmallIntegerField()),
            ],
            options={
                "verbose_name": "短信验证码",
                "verbose_name_plural": "短信验证码",
                "db_table": "access_sms_code",
                "indexes": [models.Index(fields=["expires_at"], name="access_sms_code_expires")],
                "constraints": [
                    models.UniqueConstraint(fields=("session_digest", "matter"), name="access_sms_code_once")
                ],
            },
        ),
    )
