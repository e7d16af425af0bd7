from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0009_pre_batches"),)

    operations = (sql_file("intake", "0002_pre_sandbox.sql"),)
