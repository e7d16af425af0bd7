from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0022_pre_shop_flags"),)

    operations = (sql_file("quality", "0001_pre_quality.sql"),)
