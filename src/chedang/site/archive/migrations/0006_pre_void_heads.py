from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0005_pre_doubtful_records"),)

    operations = (sql_file("records", "0003_pre_void_heads.sql"),)
