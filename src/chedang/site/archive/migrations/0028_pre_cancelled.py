from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0026_pre_emission"),)

    operations = (sql_file("enterprises", "0011_pre_cancelled.sql"),)
