import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("owners", "0003_pre_proof"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="AskedConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=16, unique=True)),
                ("relation", models.CharField(blank=True, max_length=16)),
                ("code_digest", models.CharField(max_length=64)),
                ("tries_left", models.PositiveSmallIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "binding",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="owners.binding"
                    ),
                ),
            ],
            options={
                "verbose_name": "请求车主同意",
                "verbose_name_plural": "请求车主同意",
                "db_table": "owners_asked_consent",
                "indexes": [models.Index(fields=["asked_at"], name="owners_asked_consent_asked")],
            },
        ),
        migrations.CreateModel(
            name="FleetMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=16, unique=True)),
                ("phone_digest", models.CharField(max_length=64)),
                ("phone_end", models.CharField(max_length=4, verbose_name="手机尾号")),
                (
                    "role",
                    models.CharField(
                        choices=[("manager", "管理车辆和人员"), ("viewer", "只看车辆档案")],
                        max_length=16,
                        verbose_name="权限",
                    ),
                ),
                ("added_at", models.DateTimeField(verbose_name="加入时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="离开时间")),
                (
                    "fleet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="owners.fleet"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fleet_memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "单位人员",
                "verbose_name_plural": "单位人员",
                "db_table": "owners_fleet_member",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None), ("user", None)),
                        fields=["phone_digest"],
                        name="owners_fleet_member_phone",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("fleet", "phone_digest"),
                        name="owners_fleet_member_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=16, unique=True)),
                ("phone_digest", models.CharField(max_length=64)),
                ("phone_end", models.CharField(max_length=4, verbose_name="手机尾号")),
                ("relation", models.CharField(blank=True, max_length=16, verbose_name="与车主的关系")),
                (
                    "scope",
                    models.CharField(
                        choices=[("verdict", "只看里程判断"), ("buyer", "买家视图"), ("full", "全部内容")],
                        max_length=16,
                        verbose_name="范围",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(verbose_name="到期时间")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="收回时间")),
                (
                    "accepted_as",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitation",
                        to="owners.binding",
                    ),
                ),
                (
                    "binding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="owners.binding"
                    ),
                ),
            ],
            options={
                "verbose_name": "查看邀请",
                "verbose_name_plural": "查看邀请",
                "db_table": "owners_invitation",
                "indexes": [
                    models.Index(
                        condition=models.Q(("accepted_as", None), ("revoked_at", None)),
                        fields=["phone_digest"],
                        name="owners_invitation_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_digest", models.CharField(max_length=64, unique=True)),
                ("shows_shops", models.BooleanField(verbose_name="新车主可以看到以前的维修企业")),
                ("offered_at", models.DateTimeField(verbose_name="开出时间")),
                ("expires_at", models.DateTimeField(verbose_name="到期时间")),
                ("cancelled_at", models.DateTimeField(null=True, verbose_name="收回时间")),
                ("taken_at", models.DateTimeField(null=True, verbose_name="使用时间")),
                (
                    "binding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="owners.binding"
                    ),
                ),
                (
                    "taken_as",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfer_taken",
                        to="owners.binding",
                    ),
                ),
            ],
            options={
                "verbose_name": "过户",
                "verbose_name_plural": "过户",
                "db_table": "owners_transfer",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None), ("taken_at", None)),
                        fields=("binding",),
                        name="owners_transfer_one_open",
                    )
                ],
            },
        ),
    )
