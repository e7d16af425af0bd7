from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0025_pre_expectation"),)

    operations = (sql_file("emission", "0001_pre_emission.sql"),)
