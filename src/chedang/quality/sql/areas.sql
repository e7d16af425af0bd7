-- add_days --
-- What these spans of shops' days add to the areas, or with a sign of -1 what is taken away from them. Months are added
-- by the same statement, see areas.py.
insert into area_day as area (
    kind, received_on, division_code, category_code, part, is_counted, shops,
    received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
    head_office)
select line.kind, cell.received_on, shop.division_code, shop.category_code, line.part,
    shop.is_filed and shop.is_in_business, %(sign)s * count(*),
    %(sign)s * sum(cell.received), %(sign)s * sum(cell.standing), %(sign)s * sum(cell.dated), %(sign)s *
    sum(cell.on_time), %(sign)s * sum(cell.late), %(sign)s * sum(cell.complete), %(sign)s * sum(cell.valid), %(sign)s
    * sum(cell.doubtful), %(sign)s * sum(cell.vin_valid), %(sign)s * sum(cell.plate_valid), %(sign)s *
    sum(cell.duplicate), %(sign)s * sum(cell.head_office)
from unnest(%(company_codes)s::text[], %(first_ons)s::date[], %(last_ons)s::date[])
    as span (company_code, first_on, last_on)
join counted_shop as shop using (company_code)
cross join lateral (
    select received_on,
        received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
        head_office
    from shop_day
    where company_code = span.company_code and received_on >= span.first_on and received_on <= span.last_on
    offset 0
) as cell
cross join lateral (values ('', ''), ('vendor', shop.vendor), ('maker', shop.maker_code)) as line (kind, part)
group by 1, 2, 3, 4, 5, 6
order by 1, 2, 3, 4, 5, 6
on conflict (kind, received_on, division_code, category_code, part, is_counted) do update
    set shops = area.shops + excluded.shops,
        received = area.received + excluded.received,
        standing = area.standing + excluded.standing,
        dated = area.dated + excluded.dated,
        on_time = area.on_time + excluded.on_time,
        late = area.late + excluded.late,
        complete = area.complete + excluded.complete,
        valid = area.valid + excluded.valid,
        doubtful = area.doubtful + excluded.doubtful,
        vin_valid = area.vin_valid + excluded.vin_valid,
        plate_valid = area.plate_valid + excluded.plate_valid,
        duplicate = area.duplicate + excluded.duplicate,
        head_office = area.head_office + excluded.head_office

-- divisions --
-- Divisions that shops or sums name.
select division_code from counted_shop
union
select division_code from area_month
union
select division_code from area_day
order by division_code

-- drop_days_of_division --
delete from area_day where division_code = %(division_code)s

-- sum_days_of_division --
-- The days of one division anew, from those of its shops.
insert into area_day (
    kind, received_on, division_code, category_code, part, is_counted, shops,
    received, standing, dated, on_time, late, complete, valid, doubtful, vin_valid, plate_valid, duplicate,
    head_office)
select line.kind, cell.received_on, shop.division_code, shop.category_code, line.part,
    shop.is_filed and shop.is_in_business, count(*),
    sum(cell.received), sum(cell.standing), sum(cell.dated), sum(cell.on_time), sum(cell.late), sum(cell.complete),
    sum(cell.valid), sum(cell.doubtful), sum(cell.vin_valid), sum(cell.plate_valid), sum(cell.duplicate),
    sum(cell.head_office)
from counted_shop as shop
join shop_day as cell using (company_code)
cross join lateral (values ('', ''), ('vendor', shop.vendor), ('maker', shop.maker_code)) as line (kind, part)
where shop.division_code = %(division_code)s
group by 1, 2, 3, 4, 5, 6
