/**
 * `plumb get devices -w`: first the table, then one line for each device that changed. It looks at one page a second, so it
 * costs the database little however many devices match, and compares with what it printed: nothing is told twice, and
 * nothing that lasts is missed, also over a restart of the server. What changed and changed back between two looks is in
 * the timeline alone (`plumb describe`). It ends by Ctrl+C, with 0.
 */
import { AppError } from "../lib/errors.ts";
import type { ApiDevice, ApiPage } from "../model/api.ts";
import type { Session } from "./io.ts";

const EVERY_MS = 1_000;
const PAGE = 500;
/** Devices that left the selection and are looked at by themselves in one round; the others wait for the next. */
const LEFT_AT_ONCE = 20;

export interface Watched {
  readonly selector: string | undefined;
  readonly limit: number;
  /** What was printed already. */
  readonly shown: readonly ApiDevice[];
  /** Prints one that is new, or is shown otherwise than before. */
  readonly print: (device: ApiDevice) => void;
}

/** What a line says, and with it what a change is: neither an age nor the next moment is one. */
function told({ status, facts, name }: ApiDevice): string {
  const { state, reason, message, since } = status;
  return JSON.stringify([name, state, reason, message, since, facts?.modelName]);
}

export async function watch(session: Session, what: Watched): Promise<void> {
  const { signal, sleep } = session.io.watching?.() ?? untilInterrupted();
  const known = new Map(what.shown.map((device) => [device.id, told(device)]));
  const patience = new Patience(session);
  let left: string[] = [];
  let seen = new Set<string>();
  let cursor: string | null = null;
  const look = (device: ApiDevice): void => {
    const now = told(device);
    if (known.get(device.id) !== now) what.print(device);
    known.set(device.id, now);
  };
  for (;;) {
    await sleep(EVERY_MS);
    if (signal.aborted) return;
    const limit = Math.min(PAGE, what.limit - seen.size);
    const page: ApiPage<ApiDevice> | null = await patience.try(() =>
      session.client.devices({ selector: what.selector, limit, cursor }),
    );
    if (page === null) continue;
    for (const device of page.items) {
      seen.add(device.id);
      look(device);
    }
    cursor = seen.size < what.limit ? page.next : null;
    if (cursor !== null) continue;
    // One round is over: who was there before and is not now has left the selection, and is told of once more.
    left = [...known.keys()].filter((id) => !seen.has(id)).slice(0, LEFT_AT_ONCE);
    for (const id of left) {
      const device = await patience.try(() => lastLook(session, id));
      if (device === null) break;
      if (device !== "gone") look(device);
      known.delete(id);
    }
    seen = new Set();
  }
}

async function lastLook(session: Session, id: string): Promise<ApiDevice | "gone"> {
  try {
    return await session.client.device(id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return "gone";
    throw error;
  }
}

/** Waits for a server that does not answer, and says so once; what it refuses ends the watch. */
class Patience {
  readonly #session: Session;
  #silent = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Null: no answer now. */
  async try<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      const answer = await ask();
      if (this.#silent)
        this.#session.say("The server answers again; what changed meanwhile follows.");
      this.#silent = false;
      return answer;
    } catch (error) {
      if (!(error instanceof AppError) || error.exit !== 69) throw error;
      if (!this.#silent) this.#session.say(`${error.message}; asking again each second`);
      this.#silent = true;
      return null;
    }
  }
}

function untilInterrupted() {
  const ended = new AbortController();
  process.once("SIGINT", () => {
    ended.abort();
  });
  const { signal } = ended;
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  return { signal, sleep };
}
