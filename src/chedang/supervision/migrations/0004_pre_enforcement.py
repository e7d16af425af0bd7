import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import chedang.platform.chance


class Migration(migrations.Migration):
    dependencies = (
        ("supervision", "0003_pre_snapshots"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="CaseStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("deed", models.CharField(max_length=16)),
                ("organisation", models.CharField(max_length=100)),
                ("state", models.CharField(max_length=10)),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
            options={
                "db_table": "supervision_case_step",
                "ordering": ("place",),
            },
        ),
        migrations.CreateModel(
            name="Censure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=chedang.platform.chance.new_public_id, max_length=12, unique=True),
                ),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("company_name", models.CharField(max_length=200, verbose_name="维修企业")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("authority_code", models.CharField(max_length=6)),
                ("authority", models.CharField(max_length=100, verbose_name="机关")),
                ("step_count", models.PositiveIntegerField(default=0)),
                ("state", models.CharField(max_length=10)),
                ("what", models.CharField(max_length=1000, verbose_name="通报的内容")),
                ("basis_words", models.CharField(max_length=300)),
                ("drafted_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
                ("object_until", models.DateTimeField(blank=True, null=True)),
                ("objection", models.CharField(blank=True, max_length=1000)),
                ("objected_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("rectified_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "通报",
                "verbose_name_plural": "通报",
                "db_table": "supervision_censure",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["draft", "checking", "published", "rectified", "ended", "withdrawn", "dropped"],
                            )
                        ),
                        name="supervision_censure_state_known",
                    ),
                ),
                "indexes": (
                    models.Index(fields=["division_code", "-drafted_at"], name="supervision_censure_division"),
                    models.Index(fields=["company_code"], name="supervision_censure_shop"),
                    models.Index(
                        condition=models.Q(("state__in", ["published", "rectified"])),
                        fields=["-published_at"],
                        name="supervision_censure_public",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=chedang.platform.chance.new_public_id, max_length=12, unique=True),
                ),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("company_name", models.CharField(max_length=200, verbose_name="维修企业")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("authority_code", models.CharField(max_length=6)),
                ("authority", models.CharField(max_length=100, verbose_name="机关")),
                ("step_count", models.PositiveIntegerField(default=0)),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="移送编号")),
                ("serial", models.PositiveIntegerField()),
                ("year", models.PositiveSmallIntegerField()),
                ("item", models.CharField(max_length=40)),
                ("received_by", models.CharField(max_length=100, verbose_name="接收机关")),
                ("what", models.CharField(max_length=1000, verbose_name="案情和理由")),
                ("since_on", models.DateField()),
                ("until_on", models.DateField()),
                ("handed_at", models.DateTimeField()),
                ("file_id", models.UUIDField(unique=True)),
                ("file_digest", models.CharField(max_length=64)),
                ("result", models.CharField(default="waiting", max_length=10)),
                ("result_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "移送",
                "verbose_name_plural": "移送",
                "db_table": "supervision_hand_over",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ["waiting", "filed", "not_filed", "decided"])),
                        name="supervision_hand_over_known",
                    ),
                    models.UniqueConstraint(
                        fields=("authority_code", "year", "serial"), name="supervision_hand_over_serial"
                    ),
                ),
                "indexes": (
                    models.Index(fields=["division_code", "-handed_at"], name="supervision_hand_over_division"),
                    models.Index(fields=["company_code"], name="supervision_hand_over_shop"),
                ),
            },
        ),
        migrations.CreateModel(
            name="Sanction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(default=chedang.platform.chance.new_public_id, max_length=12, unique=True),
                ),
                ("company_code", models.CharField(max_length=15, verbose_name="维修企业编码")),
                ("company_name", models.CharField(max_length=200, verbose_name="维修企业")),
                ("division_code", models.CharField(max_length=6, verbose_name="行政区划代码")),
                ("authority_code", models.CharField(max_length=6)),
                ("authority", models.CharField(max_length=100, verbose_name="机关")),
                ("step_count", models.PositiveIntegerField(default=0)),
                ("item", models.CharField(max_length=40)),
                ("item_words", models.CharField(max_length=300)),
                ("kind", models.CharField(max_length=12)),
                ("state", models.CharField(default="in_force", max_length=10)),
                ("decision_number", models.CharField(max_length=60, verbose_name="决定书文号")),
                ("decided_on", models.DateField()),
                ("amount_yuan", models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ("vehicles", models.PositiveIntegerField(default=1)),
                ("gains_yuan", models.DecimalField(decimal_places=2, default=0, max_digits=12)),
                ("range_words", models.CharField(blank=True, max_length=200)),
                ("outside_reason", models.CharField(blank=True, max_length=200)),
                ("paid_on", models.DateField(blank=True, null=True)),
                ("file_id", models.UUIDField(blank=True, null=True, unique=True)),
                ("entered_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "处罚",
                "verbose_name_plural": "处罚台账",
                "db_table": "supervision_sanction",
                "constraints": (
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["warning", "order", "censure", "fine", "confiscation", "suspension"])
                        ),
                        name="supervision_sanction_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["in_force", "appealed", "withdrawn"])),
                        name="supervision_sanction_state_known",
                    ),
                    models.UniqueConstraint(
                        fields=("authority_code", "decision_number"), name="supervision_sanction_once"
                    ),
                ),
                "indexes": (
                    models.Index(fields=["division_code", "-decided_on"], name="supervision_sanction_division"),
                    models.Index(fields=["company_code", "-decided_on"], name="supervision_sanction_shop"),
                ),
            },
        ),
        migrations.RemoveConstraint(
            model_name="dutystep",
            name="supervision_duty_step_deed_known",
        ),
        migrations.RemoveConstraint(
            model_name="dutystep",
            name="supervision_duty_step_party_known",
        ),
        migrations.AddField(
            model_name="duty",
            name="checked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="duty",
            name="condition",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="duty",
            name="found_fixed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="dutystep",
            name="figures",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="dutystep",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("condition__isnull", False)),
                fields=["due_at"],
                name="supervision_duty_to_check",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutystep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "deed__in",
                        [
                            "issue",
                            "answer",
                            "ask_longer",
                            "grant_longer",
                            "refuse_longer",
                            "return",
                            "accept",
                            "close_not_done",
                            "revoke",
                            "check",
                            "fixed",
                        ],
                    )
                ),
                name="supervision_duty_step_deed_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutystep",
            constraint=models.CheckConstraint(
                condition=models.Q(("party__in", ["shop", "officer", "system"])),
                name="supervision_duty_step_party_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutystep",
            constraint=models.CheckConstraint(
                condition=models.Q(("actor__isnull", False), ("party", "system"), _connector="OR"),
                name="supervision_duty_step_has_actor",
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="actor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="censure",
            name="checked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="censure",
            name="drafted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="censure",
            name="duty",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="censures", to="supervision.duty"
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="censure",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="supervision.censure"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="duty",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="hand_overs",
                to="supervision.duty",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="handed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="hand_over",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="supervision.handover"
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="hand_over",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sanctions",
                to="supervision.handover",
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="sanction",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="supervision.sanction"
            ),
        ),
        migrations.AddConstraint(
            model_name="censure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by", None),
                    models.Q(("checked_by", models.F("drafted_by")), _negated=True),
                    _connector="OR",
                ),
                name="supervision_censure_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="censure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["checking", "draft", "ended", "published", "rectified"])),
                fields=("duty",),
                name="supervision_censure_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.UniqueConstraint(fields=("censure", "place"), name="supervision_case_step_censure"),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.UniqueConstraint(fields=("hand_over", "place"), name="supervision_case_step_hand_over"),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.UniqueConstraint(fields=("sanction", "place"), name="supervision_case_step_sanction"),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("censure__isnull", False), ("hand_over", None), ("sanction", None)),
                    models.Q(("censure", None), ("hand_over__isnull", False), ("sanction", None)),
                    models.Q(("censure", None), ("hand_over", None), ("sanction__isnull", False)),
                    _connector="OR",
                ),
                name="supervision_case_step_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("censure__isnull", False),
                        (
                            "deed__in",
                            [
                                "draft",
                                "change",
                                "submit",
                                "object",
                                "send_back",
                                "publish",
                                "drop",
                                "mark_rectified",
                                "withdraw",
                                "end",
                            ],
                        ),
                    ),
                    models.Q(
                        ("hand_over__isnull", False),
                        ("deed__in", ["hand_over", "waiting", "filed", "not_filed", "decided"]),
                    ),
                    models.Q(
                        ("sanction__isnull", False),
                        ("deed__in", ["enter", "correct", "appeal", "uphold", "withdraw", "pay"]),
                    ),
                    _connector="OR",
                ),
                name="supervision_case_step_deed_known",
            ),
        ),
    )
