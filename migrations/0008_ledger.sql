-- The ledger: a write that no read will settle any more (superseded, lost, ignored, or proven by nothing that can be read)
-- may still be executed by its ACS until then. Null: it is done, or it is known that nothing will come of it.
alter table intents add column may_fire_until timestamptz;
-- When the secrets that it may have overwritten were last written anew for its sake: once for each write (I6).
alter table intents add column doubted_at timestamptz;
create index intents_late on intents (device, may_fire_until) where may_fire_until is not null;
