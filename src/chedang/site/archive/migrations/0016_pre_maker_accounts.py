from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0015_pre_network"),)

    operations = (sql_file("enterprises", "0007_pre_maker_accounts.sql"),)
