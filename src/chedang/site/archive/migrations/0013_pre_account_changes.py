from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0012_pre_allocated_shops"),)

    operations = (sql_file("enterprises", "0005_pre_account_changes.sql"),)
