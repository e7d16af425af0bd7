-- When somebody set an account's secret here by hand; null: as an import brought it, and a later import may replace it.
alter table machine_account add column changed_at timestamptz;
