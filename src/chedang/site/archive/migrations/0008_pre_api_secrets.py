from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0007_pre_machine_accounts"),)

    operations = (sql_file("enterprises", "0003_pre_api_secrets.sql"),)
