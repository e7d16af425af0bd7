import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = (migrations.swappable_dependency(settings.AUTH_USER_MODEL),)

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
                "constraints": (
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
                ),
                "indexes": (models.Index(fields=["vin", "bound_at"], name="owners_binding_vin"),),
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
                "constraints": (
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("fleet", "phone_digest"),
                        name="owners_fleet_member_once",
                    ),
                ),
                "indexes": (
                    models.Index(
                        condition=models.Q(("ended_at", None), ("user", None)),
                        fields=["phone_digest"],
                        name="owners_fleet_member_phone",
                    ),
                ),
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
                "indexes": (
                    models.Index(
                        condition=models.Q(("accepted_as", None), ("revoked_at", None)),
                        fields=["phone_digest"],
                        name="owners_invitation_open",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=16, unique=True)),
                ("code_digest", models.CharField(max_length=64, unique=True)),
                (
                    "scope",
                    models.CharField(
                        choices=[("verdict", "只看里程判断"), ("buyer", "买家视图"), ("full", "全部内容")],
                        max_length=16,
                        verbose_name="范围",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=40, verbose_name="备注")),
                ("most_views", models.PositiveSmallIntegerField(verbose_name="最多查看次数")),
                ("views_taken", models.PositiveSmallIntegerField(default=0, verbose_name="已查看次数")),
                ("made_at", models.DateTimeField(verbose_name="开出时间")),
                ("expires_at", models.DateTimeField(verbose_name="到期时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="收回时间")),
                (
                    "binding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="owners.binding"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "分享码",
                "verbose_name_plural": "分享码",
                "db_table": "owners_share",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("views_taken__lte", models.F("most_views"))),
                        name="owners_share_views_bounded",
                    ),
                ),
                "indexes": (models.Index(fields=["binding", "made_at"], name="owners_share_binding"),),
            },
        ),
        migrations.CreateModel(
            name="SharedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几次")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("organisation", models.CharField(blank=True, max_length=100, verbose_name="单位")),
                (
                    "share",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="views", to="owners.share"
                    ),
                ),
                (
                    "viewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "分享码查看记录",
                "verbose_name_plural": "分享码查看记录",
                "db_table": "owners_shared_view",
                "constraints": (models.UniqueConstraint(fields=("share", "number"), name="owners_shared_view_once"),),
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
                "constraints": (
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at", None), ("taken_at", None)),
                        fields=("binding",),
                        name="owners_transfer_one_open",
                    ),
                ),
            },
        ),
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
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="编号")),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("covered", models.JSONField()),
                ("issued_at", models.DateTimeField(verbose_name="开具时间")),
                ("valid_until", models.DateTimeField(verbose_name="有效期至")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="收回时间")),
                ("revoked_why", models.CharField(blank=True, max_length=200, verbose_name="收回原因")),
                (
                    "binding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="owners.binding"
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "revoked_by",
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
                "verbose_name": "维修档案证明",
                "verbose_name_plural": "维修档案证明",
                "db_table": "owners_certificate",
                "indexes": [models.Index(fields=["binding", "issued_at"], name="owners_certificate_binding")],
            },
        ),
    )
