-- What its own node tells of a shop whose filing is cancelled. A node of the previous release tells nothing of it.
alter table known_enterprise add column is_cancelled boolean not null default false;  -- 已注销
