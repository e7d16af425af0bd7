from django.db import migrations

from chedang.site.archive.sqlfiles import sql_file, sql_file_where_citus


class Migration(migrations.Migration):
    dependencies = (("archive", "0014_pre_uploaded_digest"),)

    operations = (
        sql_file("platform", "0001_pre_announcements.sql"),
        sql_file("enterprises", "0006_pre_network.sql"),
        sql_file("records", "0005_pre_network.sql"),
        sql_file("vehicles", "0002_pre_registrations.sql"),
        sql_file("exchange", "0001_pre_exchange.sql"),
        sql_file_where_citus("site.archive", "0015_pre_distribute_network.sql"),
    )
