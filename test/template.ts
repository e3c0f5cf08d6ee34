/** The template that databases of tests are copies of. */

/** Databases that tests gave back. */
export const makeFreeDatabases = 'create table free_databases (name text primary key, uses int not null)'

/** A digest of all that tests may change in a database besides rows. */
export const shapeQuery = `
  select md5(concat(
    (select string_agg(concat(oid, relname, relnatts, relchecks, relkind, reloptions::text), ',' order by oid) from pg_class where oid >= 16384 and relnamespace <> 'pg_toast'::regnamespace),
    (select string_agg(concat(attrelid, attname, atttypid, attnotnull, attisdropped, atthasdef), ',' order by attrelid, attnum) from pg_attribute where attrelid >= 16384),
    (select string_agg(concat(oid, conname, convalidated), ',' order by oid) from pg_constraint where oid >= 16384),
    (select string_agg(concat(indexrelid, indisvalid), ',' order by indexrelid) from pg_index where indexrelid >= 16384),
    (select string_agg(concat(oid, tgenabled), ',' order by oid) from pg_trigger),
    (select string_agg(concat(oid, prosrc), ',' order by oid) from pg_proc where oid >= 16384),
    (select count(*) from pg_statistic where starelid >= 16384),
    (select count(*) from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase where d.datname = current_database()),
    (select concat(count(*), max(id)) from drizzle.__drizzle_migrations), (select count(*) from graphile_worker.migrations)
  )) as shape`
