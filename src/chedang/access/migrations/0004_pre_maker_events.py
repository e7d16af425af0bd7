from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("access", "0003_pre_upload_event"),)

    operations = (
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
                ],
                max_length=40,
                verbose_name="操作",
            ),
        ),
    )
