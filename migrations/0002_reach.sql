-- How the ACS gets at the device: by connection requests ("push") or only at its Informs ("pull"), with what waits for the
-- next one. Empty: nothing was learnt, and connection requests are taken to get through.
alter table device_status add column reach jsonb not null default '{}';

-- Where an ACS lists its devices: its own times of the last contact and of the last `0 BOOTSTRAP`, never compared with ours.
alter table device_status add column acs_contact_at timestamptz;
alter table device_status add column bootstrapped_at timestamptz;

-- How far the list of an ACS was followed, in the words of its adapter.
alter table acs_slots add column listed_to text;
