-- What goes with the failures of a device: faults in a row, the map and firmware under which they happened, until when
-- nothing is written, which write was judged. Empty: nothing has failed.
alter table device_status add column faults jsonb not null default '{}';

-- How long the device may be away after a write before that is news.
alter table intents add column settle_ms int not null default 0;

-- Operations that led three devices of a model into quarantine: no other device of it is written that way, until a person
-- releases the model. Another firmware or map is another row.
create table model_blocks (
  model text not null,
  firmware text not null,
  map_hash text not null,
  operation text not null,
  devices text[] not null,
  blocked_at timestamptz not null default now(),
  cleared_at timestamptz,
  cleared_by text,
  cleared_why text,
  primary key (model, firmware, map_hash, operation)
);
