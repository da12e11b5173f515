-- How the ACS gets at the device: by connection requests ("push") or only at its Informs ("pull"), with what waits for the
-- next one. Empty: nothing was learnt, and connection requests are taken to get through.
alter table device_status add column reach jsonb not null default '{}';
