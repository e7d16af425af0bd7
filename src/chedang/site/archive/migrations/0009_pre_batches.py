from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0008_pre_api_secrets"),)

    operations = (sql_file("intake", "0001_pre_batches.sql"),)
