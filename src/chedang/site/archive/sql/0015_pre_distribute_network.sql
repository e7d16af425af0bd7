-- Where Citus is: small tables everywhere, what belongs to a vehicle beside it. All of the exchange's own tables and
-- announcement stay on the coordinator.
select create_reference_table('known_enterprise');
select create_reference_table('maker');
select create_reference_table('maker_dealer');
select create_reference_table('shop_channel');
select create_reference_table('rule_document');
select create_distributed_table('vehicle_registration', 'vin', colocate_with => 'record_version');
