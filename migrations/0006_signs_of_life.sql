-- Whose credential a RADIUS record speaks of, where no read has seen it on a CPE yet: by the user name as it is normalised
-- everywhere (`user@realm`, or `user` alone, in lower case), without reading every document for every record.
create index desired_documents_by_user on desired_documents ((
  lower(btrim(spec #>> '{credentials,username}'))
    || case when coalesce(btrim(spec #>> '{credentials,realm}'), '') = '' then ''
            else '@' || lower(btrim(spec #>> '{credentials,realm}')) end
)) where ended_at is null and spec ? 'credentials';
