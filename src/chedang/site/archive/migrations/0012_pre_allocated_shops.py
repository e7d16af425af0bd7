from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0011_pre_open_orders"),)

    operations = (sql_file("enterprises", "0004_pre_allocated_shops.sql"),)
