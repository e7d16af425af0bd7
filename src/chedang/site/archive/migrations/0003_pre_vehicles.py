from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0002_pre_records"),)

    operations = (sql_file("vehicles", "0001_pre_vehicles.sql"),)
