from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0016_pre_maker_accounts"),)

    operations = (sql_file("exchange", "0002_pre_introductions.sql"),)
