-- How the tables spread over the machines of a Citus cluster. Runs only where that extension is installed.
-- Not named here, hence local to the coordinator: record_change, feed_position, enterprise_serial and all tables of
-- accounts, sessions and audit events.

select create_reference_table('enterprise');

-- Everything of one vehicle stands on one machine.
select create_distributed_table('record_version', 'vin');
select create_distributed_table('vehicle', 'vin', colocate_with => 'record_version');
select create_distributed_table('vehicle_plate', 'vin', colocate_with => 'record_version');

-- Finds a record by its number whatever VIN it stands under, so it spreads by that number.
select create_distributed_table('record_head', 'record_id', colocate_with => 'none');
