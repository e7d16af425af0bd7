import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("workshop", "0004_pre_orders"),)

    operations = (
        migrations.AlterField(
            model_name="settlement",
            name="sending",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workshop.sending"
            ),
        ),
    )
