/** The place of a device in the queue of its ACS. */
import { sql, type RawBuilder } from "kysely";

/**
 * Devices that are due now and go first: all of the classes above, and of its own class those that were due before it.
 * One walk of the index for each class, over what is due and nothing else. Of `work w`.
 */
export const AHEAD: RawBuilder<number> = sql`(
  select coalesce(sum(before.n), 0)::int from generate_series(0, w.class::int) as c(class),
    lateral (select count(*) as n from work o
             where o.acs = w.acs and o.class = c.class and o.due_at <= now()
               and (c.class < w.class or o.due_at < w.due_at)) as before)`;
