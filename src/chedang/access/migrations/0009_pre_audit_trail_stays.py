"""What stands in the audit trail and its seals is refused to be changed or removed, whoever asks by SQL."""

from django.db import migrations

_REFUSE = """
    create function access_refuse_change() returns trigger language plpgsql as $$
    begin
        raise exception 'rows of % are neither changed nor removed', tg_table_name
            using errcode = 'restrict_violation';
    end
    $$;
    create trigger access_audit_event_stays before update or delete on access_audit_event
        for each row execute function access_refuse_change();
    create trigger access_audit_seal_stays before update or delete on access_audit_seal
        for each row execute function access_refuse_change();
"""
_ALLOW = """
    drop trigger access_audit_event_stays on access_audit_event;
    drop trigger access_audit_seal_stays on access_audit_seal;
    drop function access_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = (("access", "0008_pre_second_factors"),)

    operations = (migrations.RunSQL(_REFUSE, _ALLOW),)
