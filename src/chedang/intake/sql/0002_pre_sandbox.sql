-- 沙箱 (sandbox): the tables of intake once more, for shops and records that nothing else reads (ADR 0015).
-- The tables are made by the function below, from those they resemble, after every run of migrations.
create schema sandbox;

-- What makes two tables alike: columns, keys and indexes in order, whatever their names and schemas.
create function sandbox.shape(wanted regclass) returns text language sql stable as $$
    select concat_ws(e'\n',
        (select string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
                pg_get_expr(adbin, adrelid)), e'\n' order by attnum)
            from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
            where attrelid = wanted and attnum > 0 and not attisdropped),
        (select string_agg(pg_get_constraintdef(oid), e'\n' order by pg_get_constraintdef(oid))
            from pg_constraint where conrelid = wanted and contype in ('p', 'u', 'c', 'x')),
        (select string_agg(regexp_replace(pg_get_indexdef(indexrelid), 'INDEX .* USING', 'INDEX USING'), e'\n'
                order by regexp_replace(pg_get_indexdef(indexrelid), 'INDEX .* USING', 'INDEX USING'))
            from pg_index where indrelid = wanted))
$$;

-- Make each of these tables in the sandbox like its model in the ordinary schema; rows stay where they fit.
-- Gives the names of those that were made or made anew. A table without a model is passed over: it comes with a later
-- migration.
create function sandbox.bring_in_step(tables text[]) returns text[] language plpgsql as $$
declare
    name text;
    model regclass;
    twin regclass;
    common text;
    number text;
    made text[] := '{}';
begin
    foreach name in array tables loop
        model := to_regclass(quote_ident(name));
        twin := to_regclass('sandbox.' || quote_ident(name));
        continue when model is null or sandbox.shape(model) = sandbox.shape(twin);
        if twin is not null then
            execute format('alter table %s rename to %I', twin, name || '_before');
        end if;
        execute format('create table sandbox.%I (like %s including all)', name, model);
        if twin is not null then
            select string_agg(quote_ident(before.attname), ', ') into common
            from pg_attribute as before
            join pg_attribute as after using (attname)
            where before.attrelid = twin and after.attrelid = to_regclass('sandbox.' || quote_ident(name))
                and before.attnum > 0 and not before.attisdropped and after.attgenerated = '';
            begin
                execute format('insert into sandbox.%1$I (%2$s) overriding system value select %2$s from %3$s',
                    name, common, twin);
            exception when data_exception or integrity_constraint_violation or datatype_mismatch then
                raise notice 'sandbox.% begins anew', name;
            end;
            execute format('drop table %s', twin);
        end if;
        for number in select attname from pg_attribute
            where attrelid = to_regclass('sandbox.' || quote_ident(name)) and attidentity <> ''
        loop
            execute format('select setval(pg_get_serial_sequence(%L, %L), coalesce(max(%I), 0) + 1, false) from sandbox.%I',
                'sandbox.' || quote_ident(name), number, number, name);
        end loop;
        made := made || name;
    end loop;
    return made;
end
$$;
