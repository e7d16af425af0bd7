-- save_day --
-- The list that was named last for a day stands in place of the one before.
insert into intake_named_day (company_code, day, named_at, content)
values (%(company_code)s, %(day)s, %(named_at)s, %(content)s)
on conflict (company_code, day) do update set named_at = excluded.named_at, content = excluded.content

-- find_day --
-- The list of one day.
select content from intake_named_day where company_code = %(company_code)s and day = %(day)s

-- list_days --
-- The lists of days since one, newest day first.
select content
from intake_named_day
where company_code = %(company_code)s and day >= %(since)s
order by day desc
limit %(limit)s

-- forget_days --
-- Lists that were named too long ago.
delete from intake_named_day where named_at < %(before)s
