from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0004_pre_distribute"),)

    operations = (sql_file("records", "0002_pre_doubtful_records.sql"),)
