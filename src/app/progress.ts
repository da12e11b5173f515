/** The line that shows a fleet converge: counts, calls, measured rate, time left. Reads the store, asks no ACS. */
import { messageOf } from "../lib/errors.ts";
import { printAge } from "../lib/time.ts";
import type { FleetCounts, FleetStore } from "../ports/fleet-store.ts";

const TERMINAL_MS = 1_000;
/** Where the output is a file, a line now and then is enough. */
const FILE_MS = 5_000;
const FOR_A_PERSON = ["quarantined", "held", "failed", "unmapped"];
const WAITING_ON_NOTHING = ["converged", "offline", "unmanaged", ...FOR_A_PERSON];

interface Stats {
  readonly calls?: number;
  readonly perMinute?: number | null;
  readonly breakerOpen?: boolean;
}

/** Devices that are on their way: what the rate divides into. */
function left(counts: FleetCounts): number {
  const done = WAITING_ON_NOTHING.reduce((sum, state) => sum + (counts.states[state] ?? 0), 0);
  return counts.total - done;
}

/** Devices that go on only when somebody does something. */
function forPerson({ states }: FleetCounts): number {
  return FOR_A_PERSON.reduce((sum, state) => sum + (states[state] ?? 0), 0);
}

function progressLine(counts: FleetCounts): string {
  const n = (state: string): number => counts.states[state] ?? 0;
  const stats = Object.values(counts.acs).map((acs) => (acs["stats"] ?? {}) as Stats);
  const calls = stats.reduce((sum, { calls: c = 0 }) => sum + c, 0);
  const rate = stats.reduce((sum, { perMinute }) => sum + (perMinute ?? 0), 0);
  const remaining = left(counts);
  const moving = remaining - n("queued");
  const trouble = forPerson(counts) - n("failed");
  const time =
    remaining === 0
      ? forPerson(counts) === 0
        ? "all reachable converged"
        : "nothing is on its way"
      : rate === 0
        ? "no rate yet"
        : `about ${printAge((remaining / rate) * 60_000)} left at ${Math.round(rate)} a minute`;
  return [
    `✓ ${n("converged")} converged`,
    `… ${n("queued")} queued`,
    `↻ ${moving} on the way`,
    `○ ${n("offline")} offline`,
    `× ${n("failed")} failed`,
    ...(trouble > 0 ? [`! ${trouble} waiting for a person`] : []),
    `of ${counts.total}`,
    `${calls} calls`,
    stats.some(({ breakerOpen }) => breakerOpen === true) ? "the ACS does not answer" : time,
  ].join(" · ");
}

const DONE = "Every reachable CPE is converged: written where it differed, and read back after.";
const STUCK = `Nothing is on its way, and some devices wait for a person:
  npx plumb get devices -l 'state in (${FOR_A_PERSON.join(",")})'`;
const HINTS = `
Try, in another terminal and in the same folder:
  npx plumb get devices -l state=offline --limit 5
  npx plumb describe device SIM000001
  npx plumb simulate power on --share 0.5      (found one by one, in 5 % of the ACS's time: some minutes)
Ctrl+C ends it, and the next start goes on from here. README.md goes on with a first PUT and a first manifest.
`;

export function showProgress(
  store: FleetStore,
  out: NodeJS.WritableStream & { readonly isTTY?: boolean },
): { stop(): void } {
  const terminal = out.isTTY === true;
  let hinted = false;
  let last = "";
  const show = async (): Promise<void> => {
    const counts = await store.fleet();
    const line = progressLine(counts);
    if (terminal) out.write(`\r\u001b[K${line}`);
    else if (line !== last) out.write(`${line}\n`);
    last = line;
    if (!hinted && counts.total > 0 && left(counts) === 0) {
      hinted = true;
      const verdict = forPerson(counts) === 0 ? DONE : STUCK;
      out.write(`${terminal ? "\n" : ""}\n${verdict}${HINTS}\n`);
    }
  };
  const timer = setInterval(
    () => {
      show().catch((error: unknown) => out.write(`\nno counts: ${messageOf(error)}\n`));
    },
    terminal ? TERMINAL_MS : FILE_MS,
  );
  return {
    stop() {
      clearInterval(timer);
    },
  };
}
