from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0020_pre_shop_lists"),)

    operations = (sql_file("intake", "0005_pre_connections.sql"),)
