-- What a shop tells the public of itself beside place and brands.
alter table shop_profile
    add column is_4s boolean not null default false,       -- 4S 店
    add column has_rescue boolean not null default false,  -- 24 小时救援
    add column chain_name text not null default '';        -- 连锁, as its sign reads; no right follows from it
