/**
 * Billing's PUT through a whole server: socket, hono, checks, transaction, sealed password, commit on the embedded
 * PostgreSQL with fsync on. The engine runs and its ACS is down, which must cost billing nothing. The caller runs in the
 * same process, so its own work is in each figure.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { configFrom, startServer, type RunningServer } from "../../src/app/server.ts";
import { OPERATOR } from "../support/stack.ts";
import { figure, shortly, spreadOf, timed, type Figure } from "./figure.ts";

const DEVICES = 2_000;
const ROUNDS = 400;
const AT_ONCE = 8;
const IDENTICAL = 1_000;
const PUT_P99_MS = 200;
/** Nobody listens there. */
const DEAD_ACS = "http://127.0.0.1:1/ftacsws/acsws.asmx";

interface Answer {
  readonly status: number;
  readonly body: string;
}

class Caller {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  call(method: string, path: string, content?: object): Promise<Answer> {
    const body = content === undefined ? undefined : JSON.stringify(content);
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(
        `${this.#url}${path}`,
        { method, headers, agent: this.#agent },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => (text += part));
          answer.once("end", () => {
            resolve({ status: answer.statusCode ?? 0, body: text });
          });
        },
      );
      asked.once("error", reject);
      asked.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

const pathOf = (number: number): string => `/v1/devices/202BC1-BM632w-B${number}/desired`;

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

async function seed({ stores }: RunningServer): Promise<void> {
  const spec = { kind: "friendly", address: DEAD_ACS, mode: "write", dutyCycle: 100 };
  const devices = Array.from({ length: DEVICES }, (_, i) => {
    const identity = { oui: "202BC1", productClass: "BM632w", serial: `B${i}` };
    const name = `202BC1-BM632w-B${i}`;
    return { name, labels: {}, identity, acs: "dead", hold: null, spec: { acs: "dead" } };
  });
  await stores.fleet.apply(
    { records: [{ kind: "Acs", name: "dead", labels: {}, spec }], devices },
    OPERATOR,
    { dryRun: false, expect: null },
  );
}

async function measure(server: RunningServer, caller: Caller): Promise<Figure[]> {
  const { db } = server.stores.database;
  const statuses = new Map<number, number>();
  const put = async (number: number, version: number): Promise<void> => {
    const { status, body } = await caller.call("PUT", pathOf(number), documentOf(number, version));
    if (status > 202) throw new Error(`PUT: ${status} ${body}`);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  await timed(50, (round) => put(DEVICES - 1, round));
  await sql`create table bench_rows (id bigint generated always as identity, text text)`.execute(
    db,
  );
  const insert = () => sql`insert into bench_rows (text) values ('one row')`.execute(db);

  const figures: Figure[] = [];
  const add = async (how: string, run: typeof timed, from: number): Promise<void> => {
    const inserts = await run(ROUNDS, insert);
    const beside = `ACS down; the database's insert and commit ${shortly(inserts)}`;
    const kinds: [string, (round: number) => Promise<void>][] = [
      ["new", (round) => put(from + round, 1)],
      ["changed", (round) => put(from + round, 2)],
      ["unchanged", (round) => put(from + round, 2)],
    ];
    for (const [kind, work] of kinds) {
      const begun = performance.now();
      const took = await run(ROUNDS, work);
      const rate = Math.round((ROUNDS * 1_000) / (performance.now() - begun));
      figures.push(
        ...spreadOf(`api/put-${kind}-${how}`, took, `${rate} PUT/s, ${beside}`, PUT_P99_MS),
      );
    }
  };
  await add("one", timed, 0);
  await add("eight", timedAtOnce, ROUNDS);

  const same = DEVICES - 2;
  await timedAtOnce(IDENTICAL, () => put(same, 1));
  const { body } = await caller.call("GET", pathOf(same));
  const { generation } = (JSON.parse(body) as { document: { generation: number } }).document;
  const kept = await sql<{ count: number }>`
    select count(*)::int as count from desired_revisions r join devices d on d.device = r.device
    where d.serial = ${`B${same}`}`.execute(db);
  const shown = [...statuses].map(([status, count]) => `${count} x ${status}`).join(", ");
  figures.push(
    figure(
      "api/generations-of-1000-identical-puts",
      Math.max(generation, kept.rows[0]?.count ?? 0),
      "generations",
      `${AT_ONCE} at a time; answers of the whole run: ${shown}`,
      1,
    ),
  );
  return figures;
}

export async function run(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "plumb-bench-"));
  const env = { PLUMB_DATA_DIR: join(folder, "data"), PORT: "0", LOG_LEVEL: "error" };
  const server = await startServer(configFrom(env));
  try {
    await seed(server);
    const { token } = await server.access.issue(
      "billing",
      ["devices:read", "desired:write:credentials"],
      { ratePerSecond: 100_000 },
    );
    server.startEngine();
    const caller = new Caller(server.url, token);
    const figures = await measure(server, caller);
    caller.close();
    return figures;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
