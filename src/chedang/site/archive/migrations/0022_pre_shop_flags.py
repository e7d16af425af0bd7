from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0021_pre_connections"),)

    operations = (sql_file("enterprises", "0010_pre_shop_flags.sql"),)
