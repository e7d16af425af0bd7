-- When the ministry told a province of a maker last: what is tried again later must not bring an older list back.
alter table maker add column told_at timestamptz;   -- null: decided here, or told before this was written down
