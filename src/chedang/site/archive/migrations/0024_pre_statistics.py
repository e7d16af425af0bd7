from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0023_pre_quality"),)

    operations = (sql_file("quality", "0002_pre_statistics.sql"),)
