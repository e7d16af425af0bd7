from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0006_pre_void_heads"),)

    operations = (sql_file("enterprises", "0002_pre_machine_accounts.sql"),)
