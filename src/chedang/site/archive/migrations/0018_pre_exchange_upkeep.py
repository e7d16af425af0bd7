from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file


class Migration(migrations.Migration):
    dependencies = (("archive", "0017_pre_introductions"),)

    operations = (
        sql_file("enterprises", "0008_pre_told_makers.sql"),
        sql_file("exchange", "0003_pre_upkeep.sql"),
    )
