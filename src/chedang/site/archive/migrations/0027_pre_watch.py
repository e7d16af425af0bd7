from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0026_pre_emission"), ("archive", "0029_pre_documents"))

    operations = (sql_file("watch", "0001_pre_watch.sql"),)
