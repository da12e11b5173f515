/**
 * Billing's PUT through a whole server: socket, hono, checks, transaction, sealed password, commit on the embedded
 * PostgreSQL with fsync on. The engine runs, over an ACS that answers, one that takes ten seconds for each answer, and one
 * that is down; none of them must hold a PUT. The caller and the engine's passes run in the same process, so their work is in
 * each figure, and with an ACS that is up there are most passes.
 */
import { sql } from "kysely";
import { ACS_STATES, apiStack, type AcsState, type ApiStack } from "./api-stack.ts";
import { figure, shortly, spreadOf, timed, type Figure } from "./figure.ts";

const ROUNDS = Number(process.env["API_ROUNDS"] ?? 400);
const AT_ONCE = 8;
const IDENTICAL = 1_000;
const STALE = 200;
const PUT_P99_MS = 200;

function documentOf(number: number, version: number): object {
  const password = `pw-${number}-${version}`;
  return { credentials: { username: `sub${number}`, realm: "isp.example", password } };
}

/** Milliseconds of each of `count` rounds, `AT_ONCE` of them under way at any time. */
async function timedAtOnce(count: number, work: (round: number) => Promise<unknown>) {
  let next = 0;
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    const took: number[] = [];
    for (let round = next++; round < count; round = next++) {
      took.push(...(await timed(1, () => work(round))));
    }
    return took;
  });
  return (await Promise.all(lanes)).flat();
}

/** One fleet, for PUTs one by one and eight at a time, for identical ones, for stale ones, and to get warm. */
const DEVICES = 2 * ROUNDS + 3;
const [WARM, SAME, CHANGING] = [DEVICES - 1, DEVICES - 2, DEVICES - 3];

class Measured {
  readonly figures: Figure[] = [];
  readonly statuses = new Map<number, number>();
  readonly #stack: ApiStack;
  readonly #state: AcsState;

  constructor(stack: ApiStack, state: AcsState) {
    this.#stack = stack;
    this.#state = state;
  }

  async put(number: number, version: number, ifMatch?: string): Promise<number> {
    const { caller, paths } = this.#stack;
    const headers = ifMatch === undefined ? {} : { "If-Match": ifMatch };
    const { status, body } = await caller.call(
      "PUT",
      paths[number] ?? "",
      documentOf(number, version),
      headers,
    );
    if (status > 202 && (status !== 412 || ifMatch === undefined)) {
      throw new Error(`PUT: ${status} ${body}`);
    }
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    return status;
  }

  /** New, changed and unchanged documents of `ROUNDS` devices, beside the database's own insert and commit just before. */
  async puts(how: string, run: typeof timed, from: number): Promise<void> {
    const { db } = this.#stack.server.stores.database;
    const insert = () => sql`insert into bench_rows (text) values ('one row')`.execute(db);
    const kinds: [string, number][] = [
      ["new", 1],
      ["changed", 2],
      ["unchanged", 2],
    ];
    for (const [kind, version] of kinds) {
      const inserts = await run(ROUNDS, insert);
      const [calls, begun] = [await this.#stack.calls(), performance.now()];
      const took = await run(ROUNDS, (round) => this.put(from + round, version));
      const rate = Math.round((ROUNDS * 1_000) / (performance.now() - begun));
      const made = (await this.#stack.calls()) - calls;
      const beside =
        `${rate} PUT/s, ACS ${this.#state} (${made} calls meanwhile); ` +
        `the database's insert and commit ${shortly(inserts)}`;
      const name = `api/put-${kind}-${how}-acs-${this.#state}`;
      this.figures.push(...spreadOf(name, took, beside, PUT_P99_MS));
    }
  }

  async identical(): Promise<void> {
    const before = new Map(this.statuses);
    await timedAtOnce(IDENTICAL, () => this.put(SAME, 1));
    const generations = await this.#generations(SAME);
    const shown = [...this.statuses]
      .map(([status, count]) => [status, count - (before.get(status) ?? 0)] as const)
      .filter(([, count]) => count > 0)
      .map(([status, count]) => `${count} x ${status}`);
    const beside = `${AT_ONCE} at a time: ${shown.join(", ")}`;
    const name = `api/generations-of-${IDENTICAL}-identical-puts-acs-${this.#state}`;
    this.figures.push(figure(name, generations, "generations", beside, 1));
  }

  /** While somebody else goes on changing the document. */
  async stale(): Promise<void> {
    await this.put(CHANGING, 1);
    await this.put(CHANGING, 2);
    let others = 0;
    const took = await timedAtOnce(STALE, async (round) => {
      if (round % 10 === 0) await this.put(CHANGING, 3 + round);
      else if ((await this.put(CHANGING, -round, '"g1"')) !== 412) others += 1;
    });
    const beside = `of ${took.length - took.length / 10} PUTs with If-Match of the first generation, while it changes`;
    const name = `api/stale-if-match-not-412-acs-${this.#state}`;
    this.figures.push(figure(name, others, "answers", beside, 0));
  }

  /** As the answer says, or as the history holds, whichever is more. */
  async #generations(number: number): Promise<number> {
    const { caller, paths, server } = this.#stack;
    const { body } = await caller.call("GET", paths[number] ?? "");
    const { generation, device } = (
      JSON.parse(body) as { document: { generation: number; device: string } }
    ).document;
    const kept = await sql<{ count: number }>`
      select count(*)::int as count from desired_revisions r join devices d on d.device = r.device
      where d.device_id = ${device}`.execute(server.stores.database.db);
    return Math.max(generation, kept.rows[0]?.count ?? 0);
  }
}

async function measure(state: AcsState): Promise<readonly Figure[]> {
  const stack = await apiStack(state, DEVICES, AT_ONCE);
  try {
    await sql`create table bench_rows (id bigint generated always as identity, text text)`.execute(
      stack.server.stores.database.db,
    );
    const measured = new Measured(stack, state);
    await timed(50, (round) => measured.put(WARM, round));
    await measured.puts("one", timed, 0);
    await measured.puts("eight", timedAtOnce, ROUNDS);
    await measured.identical();
    await measured.stale();
    return measured.figures;
  } finally {
    await stack.close();
  }
}

export async function run(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const state of Object.keys(ACS_STATES) as AcsState[])
    figures.push(...(await measure(state)));
  return figures;
}
