/** Changes that wait in the ACS for a CPE behind NAT, when something else is wanted by now. */
import type { Ending } from "../model/conclusion.ts";
import { callContext } from "./context.ts";
import type { Deps } from "./deps.ts";
import type { Pass } from "./pass.ts";
import { endingOf } from "./trouble.ts";

/**
 * Takes back what was sent for an earlier generation and waits still, so that the CPE never gets it. What it got already
 * is left for the read that follows to find out. Ends the pass when nobody can say which of the two it is.
 */
export async function withdrawOutdated(pass: Pass, deps: Deps): Promise<Ending | null> {
  const { openIntents } = pass.loaded;
  const { generation } = pass.effective;
  if (pass.device.reach?.kind !== "pull" || deps.acs.withdraw === undefined) return null;
  // A download may have begun while only a read of ours waits: taking that for the download would let a second one go out.
  if (openIntents.some(({ download }) => download !== null)) return null;
  const outdated =
    openIntents.length > 0 && openIntents.every((sent) => sent.generation !== generation);
  if (!outdated) return null;
  const answer = await deps.acs.withdraw(pass.device, callContext(pass, deps));
  if (answer.kind === "nothing") return null;
  if (answer.kind !== "withdrawn") return await endingOf(answer, pass, deps, "a withdrawal");
  await deps.store.withdrawn(openIntents.map(({ id }) => id));
  pass.loaded = { ...pass.loaded, openIntents: [] };
  return null;
}
