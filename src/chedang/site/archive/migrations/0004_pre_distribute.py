from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file_where_citus


class Migration(migrations.Migration):
    dependencies = (("archive", "0003_pre_vehicles"),)

    operations = (sql_file_where_citus("site.archive", "0004_pre_distribute.sql"),)
