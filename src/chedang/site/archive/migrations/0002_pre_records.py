from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0001_pre_enterprises"),)

    operations = (sql_file("records", "0001_pre_records.sql"),)
