/** `If-Match` against lost updates: of callers who read the same generation one writes, and no stale one ever does. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { DESIRED, openApi, type Answer, type Api } from "./api-fixture.ts";

const ROUNDS = 20;
const WRITERS = 10;

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(async () => {
  await api.close();
});

function put(version: number, etag?: string): Promise<Answer> {
  return api.call("PUT", DESIRED, {
    json: {
      credentials: { username: `v${version}`, realm: "isp.example", password: "one-secret" },
    },
    headers: etag === undefined ? {} : { "If-Match": etag },
  });
}

const etagOf = ({ headers }: Answer): string => headers.get("ETag") ?? "";

it("of writers who read the same generation exactly one writes; the others are told that theirs is stale", async () => {
  let last = await put(0);
  const statuses = new Map<number, number>();
  for (let round = 1; round <= ROUNDS; round += 1) {
    const read = etagOf(last);
    const answers = await Promise.all(
      Array.from({ length: WRITERS }, (_, writer) => put(round * WRITERS + writer, read)),
    );
    for (const { status, body } of answers) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status !== 202) expect([status, body["code"]]).toEqual([412, "generation_changed"]);
    }
    const [won, ...others] = answers.filter(({ status }) => status === 202);
    expect([won !== undefined, others.length, etagOf(won ?? last)]).toEqual([
      true,
      0,
      `"g${round + 1}"`,
    ]);
    last = won ?? last;
  }
  process.stdout.write(
    `${ROUNDS} generations, ${WRITERS} writers each with the ETag of the one before: ` +
      `${[...statuses].map(([status, count]) => `${count} x ${status}`).join(", ")}\n`,
  );
  expect([...statuses].sort()).toEqual([
    [202, ROUNDS],
    [412, ROUNDS * (WRITERS - 1)],
  ]);
});

it("every older generation is stale, in whatever way a document is written, also with what stands there now", async () => {
  const now = await api.call("GET", DESIRED);
  const current = Number(/\d+/.exec(etagOf(now))?.[0]);
  const before = await api.state();
  const same = { credentials: (now.body as { credentials: object }).credentials };
  let refused = 0;
  for (let old = 0; old < current; old += 1) {
    const headers = { "If-Match": `"g${old}"` };
    const answers = [
      await put(old, headers["If-Match"]),
      await api.call("PUT", DESIRED, { json: same, headers }),
      await api.call("PATCH", DESIRED, { json: {}, headers, type: "application/merge-patch+json" }),
      await api.call("DELETE", DESIRED, { headers }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([412, 412, 412, 412]);
    for (const { body } of answers) {
      expect(body["details"], "both generations").toEqual({ current, given: [old] });
    }
    refused += answers.length;
  }
  expect(await api.state(), `${refused} refused requests left everything as it was`).toEqual(
    before,
  );
});
