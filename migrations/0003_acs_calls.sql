-- One row for each call of ours to an ACS, of the last two days, for `plumb acs calls`; the evidence of a wrong answer
-- beside it, without any value.
create table acs_calls (
  id bigint generated always as identity primary key,
  acs text not null,
  at timestamptz not null,
  device text not null,
  operation text not null,
  class smallint not null,
  change_id text not null,
  took_ms int not null,
  -- `answer`, or how the answer failed to come; `fault` is what was found in an answer.
  outcome text not null,
  fault text,
  detail text,
  evidence text
);
create index acs_calls_by_time on acs_calls (at);
create index acs_calls_by_acs on acs_calls (acs, id desc);
create index acs_calls_by_device on acs_calls (device, id desc);

-- What others want of an ACS whose slot a process holds: it is served by that process, whoever asked.
create table acs_requests (
  id bigint generated always as identity primary key,
  acs text not null,
  kind text not null check (kind in ('probe')),
  spec jsonb not null,
  asked_by text not null,
  asked_at timestamptz not null default now(),
  -- Nobody waits for a request longer than this; one that was not taken by then is never served.
  expires_at timestamptz not null,
  taken_at timestamptz,
  fence bigint,
  progress jsonb,
  result jsonb,
  done_at timestamptz
);
create index acs_requests_open on acs_requests (acs, id) where done_at is null;

-- A gate that was closed to 1 after a wrong answer stays so until the record of the ACS is applied anew.
alter table acs_slots add column closed_at timestamptz;
alter table acs_slots add column closed_why text;
alter table acs_slots add column closed_revision int;
-- When the next scheduled probe is due; null while none is wanted.
alter table acs_slots add column probe_due_at timestamptz;
