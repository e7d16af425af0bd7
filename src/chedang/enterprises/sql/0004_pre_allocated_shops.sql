-- A third way for a shop to come here: allocated (the head office of its chain had a code given to it).
alter table enterprise drop constraint enterprise_source_known;
alter table enterprise add constraint enterprise_source_known
    check (source in ('registered', 'imported', 'allocated'));
