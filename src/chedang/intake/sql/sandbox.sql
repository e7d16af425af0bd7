-- bring_in_step --
-- Make the sandbox's tables like the ordinary ones; the names of those that were not.
select sandbox.bring_in_step(%(tables)s::text[])

-- begin_serial --
-- Codes of the sandbox are told from ordinary ones by a serial that those never reach.
insert into sandbox.enterprise_serial (next_serial)
select %(first_serial)s
where not exists (select from sandbox.enterprise_serial)

-- wipe_versions --
-- Records that were received too long ago.
delete from sandbox.record_version where received_at < %(before)s

-- wipe_heads --
-- Numbers under which no record stands any more.
delete from sandbox.record_head as head
where not exists (
    select from sandbox.record_version as version where version.vin = head.vin and version.record_id = head.record_id)

-- wipe_changes --
-- Changes of records that are gone; nobody follows the others either.
delete from sandbox.record_change as change
where not exists (
    select from sandbox.record_version as version
    where version.vin = change.vin and version.record_id = change.record_id and version.version = change.version)

-- wipe_batches --
-- Batches that came too long ago, done or not.
delete from sandbox.upload_batch where received_at < %(before)s

-- wipe_chunks --
-- Lines of batches that are gone.
delete from sandbox.upload_chunk as chunk
where not exists (select from sandbox.upload_batch as batch where batch.batch_id = chunk.batch_id)

-- wipe_keys --
-- Names of requests that came too long ago.
delete from sandbox.idempotency_key where claimed_at < %(before)s

-- wipe_orders --
-- Jobs that nobody settled.
delete from sandbox.open_order where changed_at < %(before)s

-- wipe_order_extras --
-- The sandbox keeps no extras; should it ever, they go with the rest.
delete from sandbox.order_extra where kept_at < %(before)s

-- wipe_kept_extras --
-- As above.
delete from sandbox.kept_extra where kept_at < %(before)s

-- wipe_named_days --
-- Lists that were named too long ago.
delete from sandbox.intake_named_day where named_at < %(before)s

-- wipe_shops --
-- Shops that came long ago and have no record left.
delete from sandbox.enterprise as enterprise
where created_at < %(before)s
    and company_code <> %(demo_code)s
    and not exists (select from sandbox.record_version as record where record.company_code = enterprise.company_code)

-- wipe_accounts --
-- Names of shops that are gone.
delete from sandbox.machine_account as account
where not exists (select from sandbox.enterprise where enterprise.company_code = account.company_code)

-- wipe_members --
-- Shops that are gone, in chains and as chains.
delete from sandbox.chain_member as member
where not exists (select from sandbox.enterprise where enterprise.company_code = member.company_code)
    or not exists (select from sandbox.enterprise where enterprise.company_code = member.chain_code)

-- wipe_secrets --
-- Secrets of shops that are gone.
delete from sandbox.api_secret as secret
where not exists (select from sandbox.enterprise where enterprise.company_code = secret.company_code)

-- wipe_announcements --
-- What the sandbox's shops would have announced; nobody is told.
delete from sandbox.announcement where announced_at < %(before)s
