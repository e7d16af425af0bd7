from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0024_pre_statistics"), ("archive", "0028_pre_cancelled"))

    operations = (sql_file("exchange", "0004_pre_documents.sql"),)
