from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0018_pre_exchange_upkeep"),)

    operations = (sql_file("enterprises", "0009_pre_profiles.sql"),)
