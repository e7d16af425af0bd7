import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("access", "0007_pre_supervisors"),)

    operations = (
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_id", models.BigIntegerField(unique=True)),
                ("last_id", models.BigIntegerField()),
                ("event_count", models.PositiveIntegerField()),
                ("previous_digest", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "审计封存",
                "verbose_name_plural": "审计封存",
                "db_table": "access_audit_seal",
            },
        ),
        migrations.CreateModel(
            name="AuditSealMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_id", models.BigIntegerField()),
                ("transaction_horizon", models.BigIntegerField()),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "封存进度",
                "verbose_name_plural": "封存进度",
                "db_table": "access_audit_seal_mark",
            },
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="second_factor",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("secret_sealed", models.BinaryField()),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="启用时间")),
                ("last_step", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "动态口令",
                "verbose_name_plural": "动态口令",
                "db_table": "access_second_factor",
            },
        ),
        migrations.AddField(
            model_name="opensession",
            name="used_at",
            field=models.DateTimeField(null=True, verbose_name="最近使用"),
        ),
        migrations.AddField(
            model_name="opensession",
            name="verified_at",
            field=models.DateTimeField(null=True, verbose_name="动态口令验证时间"),
        ),
        migrations.AddField(
            model_name="user",
            name="awaits_confirmation",
            field=models.BooleanField(db_default=False, default=False, verbose_name="待安全管理员确认"),
        ),
        migrations.CreateModel(
            name="DrawnLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("drawn_on", models.DateField(verbose_name="抽取日期")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("fine", "没有问题"), ("questioned", "有疑问")],
                        default="",
                        max_length=12,
                        verbose_name="核对结果",
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="说明")),
                ("checked_at", models.DateTimeField(null=True, verbose_name="核对时间")),
                (
                    "checked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drawn", to="access.auditevent"
                    ),
                ),
            ],
            options={
                "verbose_name": "抽查",
                "verbose_name_plural": "抽查",
                "db_table": "access_drawn_look",
                "indexes": (models.Index(fields=["drawn_on"], name="access_drawn_look_day"),),
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_digest", models.CharField(max_length=64)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "备用码",
                "verbose_name_plural": "备用码",
                "db_table": "access_recovery_code",
                "constraints": (
                    models.UniqueConstraint(fields=("user", "code_digest"), name="access_recovery_code_once"),
                ),
            },
        ),
    )
