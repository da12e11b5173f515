-- The hazards of the field. A stop may be of writes only, so that reads go on, and of one cause of corrections only, so that
-- what customers wait for goes on; the number that such a stop set free is added to the budget of its cause for a day.
alter table stops add column writes_only boolean not null default false;
alter table stops add column cause text;
alter table stops add column freed int;

-- Why something is corrected of which nothing new is wanted; null where somebody wants something new.
alter table intents add column cause text;
create index intents_by_cause on intents (acs, cause, intended_at) where cause is not null;

-- What was wanted of each field, through which map and by which version of ours, when a device last differed in nothing.
alter table device_status add column settled_under jsonb;

-- The life of a device in which something was seen or written: its last reset, its hardware, its firmware.
alter table observations add column epoch jsonb;
alter table secret_states add column epoch jsonb;

-- The last sign of a controller at work on this ACS. Not `stats_at`: figures are older than a process that has just begun.
alter table acs_slots add column served_at timestamptz;
update acs_slots set served_at = stats_at;

-- Whose is the credential that another device shows?
create index desired_by_user on desired_documents
  (lower(spec #>> '{credentials,username}'), lower(spec #>> '{credentials,realm}')) where ended_at is null;
