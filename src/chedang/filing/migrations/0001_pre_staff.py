import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = (
        ("access", "0006_pre_shop_posts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="ShopAccess",
            fields=[
                ("company_code", models.CharField(max_length=15, primary_key=True, serialize=False)),
                ("code_digest", models.CharField(blank=True, max_length=64)),
                ("code_made_at", models.DateTimeField(null=True)),
                ("code_expires_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "企业账户",
                "verbose_name_plural": "企业账户",
                "db_table": "filing_shop_access",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("code_digest", ""), ("code_expires_at__gt", models.F("code_made_at")), _connector="OR"
                        ),
                        name="filing_shop_access_code_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=16, unique=True)),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("name", models.CharField(max_length=32, verbose_name="姓名")),
                (
                    "trade",
                    models.CharField(
                        choices=[
                            ("head", "负责人"),
                            ("technical_head", "技术负责人"),
                            ("inspector", "质量检验员"),
                            ("reception", "业务接待员"),
                            ("pricing", "价格核算员"),
                            ("mechanic", "机修"),
                            ("electrician", "电器维修"),
                            ("body", "钣金"),
                            ("paint", "涂漆"),
                            ("high_voltage", "新能源高压"),
                            ("other", "其他岗位"),
                        ],
                        max_length=16,
                        verbose_name="工种",
                    ),
                ),
                ("joined_on", models.DateField(verbose_name="到岗日期")),
                ("left_on", models.DateField(null=True, verbose_name="离职日期")),
                ("added_at", models.DateTimeField()),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_member",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "企业人员",
                "verbose_name_plural": "企业人员",
                "db_table": "filing_staff_member",
                "indexes": (models.Index(fields=["company_code"], name="filing_staff_member_company"),),
            },
        ),
        migrations.CreateModel(
            name="StaffCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(max_length=16, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("engineer", "机动车检测维修专业技术人员职业资格证"),
                            ("skill", "汽车维修工职业技能等级证"),
                            ("inspector", "质量检验员证"),
                            ("electrician", "低压电工作业证"),
                            ("welder", "焊接与热切割作业证"),
                            ("other", "其他证书"),
                        ],
                        max_length=16,
                        verbose_name="证书",
                    ),
                ),
                ("number_sealed", models.BinaryField()),
                ("number_end", models.CharField(blank=True, max_length=4, verbose_name="证书编号末尾")),
                ("level", models.CharField(blank=True, max_length=16, verbose_name="等级")),
                ("issued_by", models.CharField(blank=True, max_length=64, verbose_name="发证单位")),
                ("valid_until_on", models.DateField(null=True, verbose_name="有效期至")),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="filing.staffmember",
                    ),
                ),
            ],
            options={
                "verbose_name": "人员证书",
                "verbose_name_plural": "人员证书",
                "db_table": "filing_staff_certificate",
                "indexes": (
                    models.Index(
                        condition=models.Q(("ended_at", None), ("valid_until_on__isnull", False)),
                        fields=["valid_until_on"],
                        name="filing_staff_certificate_ends",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="StaffPhone",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="staff_phone",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("company_code", models.CharField(max_length=15)),
                ("number_digest", models.CharField(max_length=64)),
                ("number_sealed", models.BinaryField()),
                ("given_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "企业人员手机",
                "verbose_name_plural": "企业人员手机",
                "db_table": "filing_staff_phone",
                "constraints": [
                    models.UniqueConstraint(fields=("number_digest", "company_code"), name="filing_staff_phone_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffSpell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("joined_on", models.DateField(verbose_name="到岗日期")),
                ("left_on", models.DateField(verbose_name="离职日期")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="spells", to="filing.staffmember"
                    ),
                ),
            ],
            options={
                "verbose_name": "以前的任职",
                "verbose_name_plural": "以前的任职",
                "db_table": "filing_staff_spell",
            },
        ),
    )
