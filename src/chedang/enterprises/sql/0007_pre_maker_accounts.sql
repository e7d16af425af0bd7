-- A fourth kind of account: maker (the upload account of a 汽车生产企业总部 at the ministry, which is no shop).
alter table enterprise drop constraint enterprise_source_known;
alter table enterprise add constraint enterprise_source_known
    check (source in ('registered', 'imported', 'allocated', 'maker'));
