-- The shop's schema, the same on blue and green. Run as the databases' administrator, connected to database appdb.
-- Nothing here knows of CDC: pawl's columns, triggers, publications and roles come later, from `pawl cdc apply`.

create schema if not exists appdb;

create type appdb.order_status as enum ('placed', 'paid', 'packed', 'shipped', 'cancelled');

create sequence appdb.orders_id_seq as bigint;

create table appdb.orders (
  id          bigint primary key default nextval('appdb.orders_id_seq'),
  customer    text not null,
  status      appdb.order_status not null default 'placed',
  -- The sum of the deltas of every operation on this order: an operation that vanishes or counts twice shows here.
  total       numeric(12,2) not null default 0,
  quantity    integer not null default 1,
  -- The shop's own version: 1 at birth, one more with every write. Writes are conditional on it.
  version     bigint not null default 1,
  -- Some notes are several KB long, so that they are stored out of line (TOAST).
  note        text,
  tags        text[] not null default '{}',
  payload     jsonb not null default '{}',
  -- The operation that wrote this version, and the side it was written on.
  ref         uuid not null,
  side        text not null check (side in ('blue', 'green')),
  paid        boolean not null default false,
  -- What change data capture would silently turn into something else is forbidden here: NaN and infinite numbers become 0,
  -- an infinite date becomes the other infinity, and a year before 1 may lose its era.
  weight      double precision not null default 0
              constraint orders_weight_is_finite
              check (weight <> 'NaN'::double precision and weight > '-Infinity'::double precision
                     and weight < 'Infinity'::double precision),
  placed_on   date not null default current_date
              constraint orders_placed_on_is_ordinary
              check (placed_on >= '0001-01-01'::date and placed_on < 'infinity'::date),
  placed_at   timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  attachment  bytea
);
alter sequence appdb.orders_id_seq owned by appdb.orders.id;

-- Append-only: one row an operation, written in the operation's own transaction. Orders may be deleted, events stay.
create table appdb.order_events (
  op_id     uuid primary key,
  order_id  bigint not null,
  kind      text not null check (kind in ('insert', 'update', 'delete')),
  delta     numeric(12,2) not null default 0,
  version   bigint not null,
  side      text not null check (side in ('blue', 'green')),
  at        timestamptz not null default now()
);
create index order_events_of_order on appdb.order_events (order_id, version);

do $$ begin
  if not exists (select from pg_roles where rolname = 'shop') then create role shop login; end if;
  if not exists (select from pg_roles where rolname = 'pawl_guard') then create role pawl_guard login; end if;
end $$;

grant usage on schema appdb to shop, pawl_guard;
grant select, insert, update, delete on appdb.orders to shop;
grant select, insert on appdb.order_events to shop;
grant usage, select on sequence appdb.orders_id_seq to shop;

-- The guard only reads: rows for the comparison, slots and sessions for the evidence.
grant pg_monitor to pawl_guard;
grant select on all tables in schema appdb to pawl_guard;
grant select on all sequences in schema appdb to pawl_guard;
alter default privileges in schema appdb grant select on tables to pawl_guard;
alter default privileges in schema appdb grant select on sequences to pawl_guard;
