from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0024_pre_statistics"),)

    operations = (sql_file("quality", "0003_pre_expectation.sql"),)
