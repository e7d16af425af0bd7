from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0010_pre_sandbox"),)

    operations = (
        sql_file("intake", "0003_pre_open_orders.sql"),
        sql_file("intake", "0004_pre_kept_extras.sql"),
    )
