-- What RADIUS tells: records by month, sessions as a fold over them, and what was kept aside. No user name stands here in
-- clear: names are typed by people, who put passwords there, so all of them are keyed digests, equal to those of
-- `sightings`. FreeRADIUS's session id is an MD5 over the user name and things that stand beside it, and Class may hold
-- anything, so these are keyed as well; none of them is good for more than being equal.

-- One row for each record of the last days, whatever transmission brought it. `radius_events` is divided by the time of
-- receipt, which a second transmission does not share, so what makes a record unique stands apart, and is forgotten when no
-- spool can still hold the record. A later repeat doubles a row of history and changes no session.
create table radius_keys (
  key uuid primary key,
  received_at timestamptz not null default now()
);
create index radius_keys_by_time on radius_keys (received_at);

create table radius_events (
  key uuid not null,
  received_at timestamptz not null default now(),
  kind text not null,
  -- By the NAS's clock, as it was told; where `estimated`, from our time of receipt, and then it orders nothing.
  at timestamptz not null,
  estimated boolean not null,
  -- Null where the user name is not the credential; `outer_identity` is what stood outside the tunnel then.
  credential text,
  outer_identity text,
  mac text,
  mac_raw text,
  nas text,
  nas_address text,
  source_address text,
  port_id text,
  circuit_id text,
  base_station text,
  session uuid,
  session_id text,
  multi_id text,
  class uuid,
  chargeable uuid,
  seconds bigint,
  -- Running totals of 64 bits without a sign.
  in_octets numeric(20),
  out_octets numeric(20),
  framed_address text,
  terminate_cause text
) partition by range (received_at);
create index radius_events_by_session on radius_events (session);
create index radius_events_by_credential on radius_events (credential, received_at);
create index radius_events_of_nas on radius_events (nas, at) where kind in ('nas_on', 'nas_off');

-- A session is what the set of its records says, in whatever order they came: each column is the least, the greatest or
-- the count of something. Estimated times are in none of them.
create table radius_sessions (
  session uuid not null,
  session_id text,
  multi_id text,
  nas text,
  nas_address text,
  source_address text,
  credential text,
  outer_identity text,
  mac text,
  mac_raw text,
  port_id text,
  circuit_id text,
  base_station text,
  class uuid,
  chargeable uuid,
  -- The first Start, and the last one: far apart, the id was used again and the row speaks of several sessions.
  started_at timestamptz,
  restarted_at timestamptz,
  -- The earliest start that a session time speaks of; the only one where the Start was lost.
  implied_start_at timestamptz,
  first_at timestamptz,
  last_at timestamptz,
  -- Until when it is proven to have run: by an Interim, or by a Stop with its session time.
  alive_at timestamptz,
  stopped_at timestamptz,
  terminate_cause text,
  interims int not null,
  seconds bigint,
  in_octets numeric(20),
  out_octets numeric(20),
  -- More than one MAC, line or credential under this id: no evidence for anything but that.
  contradictory boolean not null,
  changed_at timestamptz not null default now(),
  primary key (session)
) partition by hash (session);
create index radius_sessions_by_credential on radius_sessions (credential);
create index radius_sessions_by_mac on radius_sessions (mac);

do $$
begin
  for part in 0..7 loop
    execute format('create table radius_sessions_%s partition of radius_sessions for values with (modulus 8, remainder %s) with (fillfactor = 80)',
                   part, part);
  end loop;
end $$;

-- Records that are none, by day and kind of mistake, so that a flood of them is a count. The shape is of the latest: names
-- that we know with their types, and no value.
create table radius_quarantine (
  day date not null,
  endpoint text not null,
  reason text not null,
  attribute text not null,
  count bigint not null,
  max_bytes bigint not null,
  shape jsonb not null,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (day, endpoint, reason, attribute)
);

-- With the first Accounting-On or -Off of its NAS since it began: a session that is older than that has ended, Stop or not.
create view radius_sessions_seen as
select s.*,
  (select min(e.at) from radius_events e
   where e.nas = s.nas and e.kind in ('nas_on', 'nas_off') and not e.estimated
     and e.at > coalesce(s.started_at, s.implied_start_at, s.first_at)) as nas_restarted_at
from radius_sessions s;

-- Every table that is divided by range is history by month, so a new one is in here by itself.
create or replace function ensure_month_partitions(ahead int default 2) returns void language plpgsql as $$
declare
  parent text;
  month timestamptz;
begin
  for parent in
    select c.relname from pg_partitioned_table p join pg_class c on c.oid = p.partrelid
    where p.partstrat = 'r' and c.relnamespace = current_schema()::regnamespace order by c.relname
  loop
    for i in 0..ahead loop
      month := date_trunc('month', now() at time zone 'utc' + make_interval(months => i)) at time zone 'utc';
      execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
                     parent || to_char(month at time zone 'utc', '_YYYYMM'), parent, month,
                     (month at time zone 'utc' + interval '1 month') at time zone 'utc');
    end loop;
  end loop;
end $$;

create table radius_events_default partition of radius_events default;
select ensure_month_partitions();
create trigger radius_events_append_only before update or delete on radius_events for each row execute function refuse_change();

-- Called by the daily tick. Findings keep what they rest on; the rest goes: keys after 14 days, records when their month is
-- 90 days past, sessions and counts that long after they last changed. A part that somebody reads is left for tomorrow.
create function forget_radius_history() returns void language plpgsql set lock_timeout = '2s' as $$
declare
  part text;
begin
  delete from radius_keys where received_at < now() - interval '14 days';
  delete from radius_sessions where changed_at < now() - interval '90 days';
  delete from radius_quarantine where day < current_date - 90;
  for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'radius_events'::regclass and c.relname ~ '^radius_events_\d{6}$'
      and to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month' < now() - interval '90 days'
  loop
    execute format('drop table %I', part);
  end loop;
end $$;
