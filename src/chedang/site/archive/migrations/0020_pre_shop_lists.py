from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0019_pre_profiles"),)

    operations = (sql_file("records", "0006_pre_shop_lists.sql"),)
