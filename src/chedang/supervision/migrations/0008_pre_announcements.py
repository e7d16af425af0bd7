import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chedang.supervision.models.announcements


class Migration(migrations.Migration):
    dependencies = (
        ("supervision", "0007_pre_assessment"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=chedang.supervision.models.announcements.new_announcement_id, max_length=16, unique=True
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("state", models.CharField(default="draft", max_length=10)),
                ("title", models.CharField(max_length=100, verbose_name="标题")),
                ("text", models.TextField(verbose_name="正文")),
                ("document_number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("authority", models.CharField(max_length=100, verbose_name="发布机关")),
                ("step_count", models.PositiveIntegerField(default=0)),
                ("drafted_at", models.DateTimeField()),
                ("shown_from", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawal_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "公告",
                "verbose_name_plural": "公告",
                "db_table": "supervision_announcement",
                "indexes": [models.Index(fields=["state", "-shown_from"], name="supervision_announcement_shown")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["policy", "standard", "notice", "figures"])),
                        name="supervision_announcement_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "checking", "checked", "published", "withdrawn", "dropped"])
                        ),
                        name="supervision_announcement_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["published", "withdrawn"]), _negated=True),
                            ("shown_from__isnull", False),
                            _connector="OR",
                        ),
                        name="supervision_announcement_shown_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AnnouncementPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_id", models.UUIDField(unique=True)),
                ("title", models.CharField(max_length=100)),
                ("added_at", models.DateTimeField()),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="supervision.announcement",
                    ),
                ),
            ],
            options={
                "db_table": "supervision_announcement_paper",
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="AnnouncementStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("deed", models.CharField(max_length=10)),
                ("organisation", models.CharField(max_length=100)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("title", models.CharField(max_length=100)),
                ("text", models.TextField()),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="supervision.announcement"
                    ),
                ),
            ],
            options={
                "db_table": "supervision_announcement_step",
                "ordering": ("announcement", "place"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("announcement", "place"), name="supervision_announcement_step_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deed__in", ["write", "submit", "return", "check", "publish", "withdraw", "drop"])
                        ),
                        name="supervision_announcement_step_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListedSoftware",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=chedang.supervision.models.announcements.new_announcement_id, max_length=16, unique=True
                    ),
                ),
                ("division_code", models.CharField(max_length=6)),
                ("authority", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=60, verbose_name="软件名称")),
                ("vendor", models.CharField(max_length=100, verbose_name="开发单位")),
                ("version", models.CharField(max_length=30, verbose_name="版本")),
                ("interfaces", models.CharField(blank=True, max_length=200, verbose_name="支持的接口")),
                ("listed_on", models.DateField(verbose_name="列入日期")),
                ("until_on", models.DateField(verbose_name="有效期止")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="移出日期")),
                ("end_reason", models.CharField(blank=True, max_length=200)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "listed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "维修软件",
                "verbose_name_plural": "维修软件",
                "db_table": "supervision_listed_software",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("division_code", "name", "vendor", "version"),
                        name="supervision_listed_software_once",
                    )
                ],
            },
        ),
    )
