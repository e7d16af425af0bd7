from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0013_pre_account_changes"),)

    operations = (sql_file("records", "0004_pre_uploaded_digest.sql"),)
