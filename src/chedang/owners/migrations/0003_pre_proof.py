import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("owners", "0002_pre_binding_requests"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
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
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["binding", "made_at"], name="owners_share_binding"),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(("views_taken__lte", models.F("most_views"))), name="owners_share_views_bounded"
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedview",
            constraint=models.UniqueConstraint(fields=("share", "number"), name="owners_shared_view_once"),
        ),
    )
