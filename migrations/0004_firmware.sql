-- When a read first showed the version that a download was to bring, after a boot newer than the download: its soak counts
-- from there. Of other changes it stays null.
alter table intents add column seen_at timestamptz;
