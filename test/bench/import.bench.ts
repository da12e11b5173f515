/**
 * An import as large as one may be, through a whole server on the embedded PostgreSQL with fsync on: rehearsed, written,
 * sent again as it was, and written with other passwords. The ACS is down, so that the engine's passes take little of the
 * machine. Beside each figure stands the database's own insert and commit, one row after another, just before.
 */
import { sql } from "kysely";
import { apiStack, type ApiStack } from "./api-stack.ts";
import { figure, median, timed, type Figure } from "./figure.ts";

const LINES = Number(process.env["IMPORT_LINES"] ?? 10_000);
const INSERTS = 300;
/** A person waits for it. */
const AT_MOST_S = 60;

interface Counts {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
}

function linesOf({ paths }: ApiStack, version: number): Uint8Array {
  const lines = paths.map((path, number) => {
    const device = decodeURIComponent(path.split("/")[3] ?? "");
    const password = `pw-${number}-${version}`;
    const credentials = { username: `sub${number}`, realm: "isp.example", password };
    return JSON.stringify({ device, credentials });
  });
  return new TextEncoder().encode(lines.join("\n"));
}

async function sent(
  stack: ApiStack,
  [name, version, query, expected]: readonly [string, number, string, keyof Counts],
): Promise<readonly Figure[]> {
  const { db } = stack.server.stores.database;
  const insert = () => sql`insert into bench_rows (text) values ('one row')`.execute(db);
  const rowMs = median(await timed(INSERTS, insert));
  const body = linesOf(stack, version);
  const begun = performance.now();
  const answer = await stack.caller.call("POST", `/v1/imports?expect=${LINES}${query}`, body, {
    "content-type": "application/x-ndjson",
  });
  const seconds = (performance.now() - begun) / 1_000;
  const counts = JSON.parse(answer.body) as Counts;
  if (answer.status !== 200 || counts[expected] !== LINES) {
    throw new Error(`${name}: ${answer.status} ${answer.body.slice(0, 400)}`);
  }
  const beside =
    `${Math.round(LINES / seconds)} lines/s, ${LINES} lines ${expected}; ` +
    `the database's insert and commit ${Math.round(1_000 / rowMs)}/s`;
  return [figure(`api/import-${name}`, seconds, "s", beside, AT_MOST_S)];
}

export async function run(): Promise<readonly Figure[]> {
  const stack = await apiStack("down", LINES, 2);
  try {
    await sql`create table bench_rows (id bigint generated always as identity, text text)`.execute(
      stack.server.stores.database.db,
    );
    return [
      ...(await sent(stack, ["rehearsed", 1, "&dryRun=true", "created"])),
      ...(await sent(stack, ["new", 1, "", "created"])),
      ...(await sent(stack, ["again", 1, "", "unchanged"])),
      ...(await sent(stack, ["changed", 2, "", "changed"])),
    ];
  } finally {
    await stack.close();
  }
}
