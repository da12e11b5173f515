/** The inventory over HTTP: told, read and deleted; every refusal says where, and changes nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { INVENTORY } from "../../../src/fraud/inventory/kinds.ts";
import type { ApiInventoryItem, ApiInventoryKind } from "../../../src/model/api-inventory.ts";
import { INVENTORY_KIND_NAMES } from "../../../src/model/inventory.ts";
import { openApi, type Answer, type Api, type Ask } from "./api-fixture.ts";

const NDJSON = "application/x-ndjson";
const LINES = "/v1/inventory/lines";

let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.token("network", "inventory:write");
});
afterAll(async () => {
  await api.close();
});
beforeEach(async () => {
  await api.db.deleteFrom("inventory").execute();
});

const text = (...items: readonly unknown[]): string =>
  items.map((item) => JSON.stringify(item)).join("\n");
const put = (kind: string, body: string, ask: Ask = {}): Promise<Answer> =>
  api.call("PUT", `/v1/inventory/${kind}`, { token, type: NDJSON, text: body, ...ask });
const line = (n: number, site = "jhb"): object => ({ nas: "bng-jhb-1", line: `p/${n}`, site });
const many = (count: number): readonly object[] => Array.from({ length: count }, (_, n) => line(n));
const counts = ({ body }: Answer) => {
  const { created, changed, unchanged, deleted } = body;
  return [created, changed, unchanged, deleted];
};
const errors = ({ body }: Answer) => body["errors"] as readonly Record<string, unknown>[];
const keys = async (kind = "lines"): Promise<readonly string[]> => {
  const { body } = await api.call("GET", `/v1/inventory/${kind}`, { token });
  return (body["items"] as readonly ApiInventoryItem[]).map(({ key }) => key);
};

describe("telling", () => {
  it.for(INVENTORY_KIND_NAMES)(
    "takes the example of %s, and again without a change",
    async (kind) => {
      const first = await put(kind, text(INVENTORY[kind].example));
      expect([first.status, counts(first)], first.text).toEqual([200, [1, 0, 0, 0]]);
      expect(counts(await put(kind, text(INVENTORY[kind].example)))).toEqual([0, 0, 1, 0]);
      const { body } = await api.call("GET", `/v1/inventory/${kind}`, { token });
      const [item] = body["items"] as readonly ApiInventoryItem[];
      // What is given out is taken in as it stands.
      expect(counts(await put(kind, text(item?.item)))).toEqual([0, 0, 1, 0]);
      expect(item?.toldBy).toBe("network");
    },
  );

  it("reads a table as it reads JSON", async () => {
    const table =
      "\ufeffname,aliases,sources,role\r\n" +
      'bng-jhb-1,bng.isp.example 192.0.2.11,192.0.2.11,access\r\n"bng, old",,,\r\n';
    const told = await put("nases", table, { type: "text/csv" });
    expect([told.status, counts(told)], told.text).toEqual([200, [2, 0, 0, 0]]);
    const nas = { name: "bng-jhb-1", role: "access", sources: ["192.0.2.11"] };
    const same = { ...nas, aliases: ["bng.isp.example", "192.0.2.11"] };
    expect(counts(await put("nases", text(same, { name: "bng, old" })))).toEqual([0, 0, 2, 0]);
    const flags = "nas,line,bench\nbng-jhb-1,p/1,true\n";
    expect(counts(await put("lines", flags, { type: "text/csv" }))).toEqual([1, 0, 0, 0]);
    const [site, latitude] = ["jhb", -26.2041];
    const sites = `name,latitude,longitude,surveyedAt\n${site},${latitude},28.0473,2026-06-01T02:00:00+02:00\n`;
    await put("sites", sites, { type: "text/csv" });
    const moment = "2026-06-01T00:00:00Z";
    const said = { name: site, latitude, longitude: 28.0473, surveyedAt: moment };
    expect(counts(await put("sites", text(said)))).toEqual([0, 0, 1, 0]);
  });

  it("changes what is told anew, leaves the rest, and keeps when it was told", async () => {
    await put("lines", text(line(1), line(2)));
    const before = await api.call("GET", LINES, { token });
    expect(counts(await put("lines", text(line(2, "cpt"))))).toEqual([0, 1, 0, 0]);
    const after = await api.call("GET", LINES, { token });
    const times = ({ body }: Answer) =>
      (body["items"] as readonly ApiInventoryItem[]).map(({ toldAt }) => toldAt);
    expect(times(after)[0]).toBe(times(before)[0]);
    expect(times(after)[1]).not.toBe(times(before)[1]);
  });

  it("writes an event with counts, and none for what changes nothing", async () => {
    const events = async () =>
      await api.db
        .selectFrom("events")
        .select(["data", "actor"])
        .where("type", "=", "InventoryChanged")
        .execute();
    const before = (await events()).length;
    await put("lines", text(line(1), line(2)));
    await put("lines", text(line(1)));
    const made = (await events()).slice(before);
    expect(made).toEqual([
      { actor: "network", data: { kind: "lines", created: 2, changed: 0, deleted: 0 } },
    ]);
  });
});

describe("replacing", () => {
  it("deletes what is not named, in a rehearsal none of it", async () => {
    await put("lines", text(...many(40)));
    const rest = text(...many(39), line(99));
    const before = await api.state();
    const dry = await put("lines?replace=true&dryRun=true", rest);
    expect([dry.body["dryRun"], counts(dry)]).toEqual([true, [1, 0, 39, 1]]);
    expect(await api.state()).toEqual(before);
    expect(counts(await put("lines?replace=true", rest))).toEqual([1, 0, 39, 1]);
    expect(await keys()).not.toContain("bng-jhb-1|p/39");
  });

  it("deletes more than a twentieth only by its number (I12)", async () => {
    await put("lines", text(...many(40)));
    const before = await api.state();
    const half = text(...many(20));
    const asked = await put("lines?replace=true", half);
    expect([asked.status, asked.body["code"]]).toEqual([409, "count_unconfirmed"]);
    expect(asked.body["details"]).toMatchObject({ count: 20, total: 40 });
    for (const expected of [19, 21, 0]) {
      const wrong = await put(`lines?replace=true&expect=${expected}`, half);
      expect([wrong.status, wrong.body["code"]]).toEqual([409, "count_unconfirmed"]);
    }
    expect(await api.state()).toEqual(before);
    expect(counts(await put("lines?replace=true&expect=20", half))).toEqual([0, 0, 20, 20]);
    expect(await keys()).toHaveLength(20);
  });

  it("is not done by an empty file", async () => {
    await put("lines", text(line(1)));
    const { status, text: said } = await put("lines?replace=true&expect=1", "\n\n");
    expect([status, said]).toEqual([422, expect.stringContaining("no line") as string]);
    expect(await keys()).toHaveLength(1);
  });
});

describe("a refused upload says where, and changes nothing", () => {
  const CASES: readonly {
    readonly name: string;
    readonly kind: string;
    readonly body: string;
    readonly type?: string;
    readonly want: Readonly<Record<string, unknown>>;
    readonly says: RegExp;
  }[] = [
    {
      ...{
        name: "an unknown member",
        kind: "lines",
        body: `${text(line(1))}\n{"nsa":"x","line":"y","nas":"z"}`,
      },
      ...{
        want: { line: 2, pointer: "/nsa", code: "unknown_field" },
        says: /Did you mean \\"nas\\"/,
      },
    },
    {
      ...{ name: "a member that is missing", kind: "lines", body: '{"line":"y"}' },
      ...{ want: { line: 1, pointer: "/nas" }, says: /line 1: \/nas/ },
    },
    {
      ...{ name: "no JSON", kind: "lines", body: `${text(line(1))}\n{"nas": }` },
      ...{ want: { line: 2, column: 9, code: "malformed_json" }, says: /line 2/ },
    },
    {
      ...{ name: "one item twice", kind: "lines", body: text(line(1), line(2), line(1, "cpt")) },
      ...{ want: { line: 3, code: "duplicate_item" }, says: /item of line 1/ },
    },
    {
      ...{
        name: "an address that is none",
        kind: "nases",
        body: text({ name: "n", sources: ["192.0.2.999"] }),
      },
      ...{ want: { line: 1, pointer: "/sources/0" }, says: /IPv4 or IPv6/ },
    },
    {
      name: "an end before its beginning",
      kind: "disturbances",
      body: text({ ...INVENTORY.disturbances.example, untilAt: "2026-11-26T00:00:00Z" }),
      ...{ want: { line: 1, pointer: "/untilAt" }, says: /before fromAt/ },
    },
    {
      ...{
        name: "no moment",
        kind: "stock",
        body: text({ serial: "a", state: "lost", sinceAt: "yesterday" }),
      },
      ...{ want: { line: 1, pointer: "/sinceAt" }, says: /moment like/ },
    },
    {
      ...{ name: "an unknown column", kind: "lines", type: "text/csv", body: "nas,lien\na,b\n" },
      ...{ want: { line: 1, column: 1, code: "unknown_column" }, says: /Did you mean \\"line\\"/ },
    },
    {
      ...{ name: "a missing column", kind: "lines", type: "text/csv", body: "nas\na\n" },
      ...{ want: { line: 1, code: "missing_column" }, says: /no column line/ },
    },
    {
      ...{ name: "a row too short", kind: "lines", type: "text/csv", body: "nas,line\na,b\nc\n" },
      ...{ want: { line: 3, column: 1, code: "malformed_csv" }, says: /1 cells/ },
    },
    {
      ...{ name: "a cell that is no number", kind: "sites", type: "text/csv" },
      body: "name,latitude,longitude,surveyedAt\na,north,1,2026-06-01T00:00:00Z\n",
      ...{ want: { line: 2, pointer: "/latitude" }, says: /line 2/ },
    },
  ];

  it.for(CASES.map((one) => [one.name, one] as const))(
    "%s",
    async ([, { kind, body, type, want, says }]) => {
      const before = await api.state();
      const answer = await put(kind, body, type === undefined ? {} : { type });
      expect([answer.status, answer.body["code"]], answer.text).toEqual([422, "invalid"]);
      expect(errors(answer)[0]).toMatchObject(want);
      expect(answer.text).toMatch(says);
      expect(await api.state()).toEqual(before);
    },
  );

  it("all mistakes at once, and no more than a person reads", async () => {
    const wrong = Array.from({ length: 500 }, () => ({ nas: 1 }));
    const answer = await put("lines", text(...wrong));
    expect(errors(answer)).toHaveLength(100);
    expect(errors(answer).at(-1)).toMatchObject({ line: 50 });
  });

  it("an unknown kind, with the nearest", async () => {
    for (const method of ["GET", "PUT"] as const) {
      const ask = method === "PUT" ? { type: NDJSON, text: "{}" } : {};
      const { status, text: said } = await api.call(method, "/v1/inventory/line", {
        token,
        ...ask,
      });
      expect([status, said]).toEqual([
        404,
        expect.stringContaining('Did you mean \\"lines\\"') as string,
      ]);
    }
  });

  it("too many lines, and no media type that is known", async () => {
    const long = "{}\n".repeat(100_001);
    expect((await put("lines", long)).body["code"]).toBe("payload_too_large");
    const json = await api.call("PUT", LINES, { token, json: line(1) });
    expect([json.status, json.body["code"]]).toEqual([415, "unsupported_media_type"]);
  });

  it("whoever lacks the scope", async () => {
    const { reader } = api.tokens;
    const { status, body } = await put("lines", text(line(1)), { token: reader });
    expect([status, body["code"]]).toEqual([403, "forbidden"]);
    expect((await api.call("DELETE", `${LINES}/x`, { token: reader })).status).toBe(403);
    expect((await api.call("GET", LINES, { token: reader })).status).toBe(200);
    const nobody = await api.token("nobody", "radius:ingest");
    expect((await api.call("GET", LINES, { token: nobody })).status).toBe(403);
  });
});

describe("reading and deleting", () => {
  it("goes through all of a kind by pages, in the order of keys", async () => {
    await put("lines", text(...many(7), { nas: "b", line: "ü/1" }));
    const seen: string[] = [];
    for (let next: string | null = ""; next !== null;) {
      const cursor: string = next === "" ? "" : `&cursor=${next}`;
      const { body } = await api.call("GET", `${LINES}?limit=3${cursor}`, { token });
      seen.push(...(body["items"] as readonly ApiInventoryItem[]).map(({ key }) => key));
      next = body["next"] as string | null;
    }
    expect(seen).toEqual(await keys());
    expect(new Set(seen).size).toBe(8);
    const wrong = await api.call("GET", `${LINES}?cursor=x`, { token });
    expect(errors(wrong)[0]).toMatchObject({ code: "bad_cursor" });
  });

  it("counts every kind, those that nobody told too", async () => {
    await put("lines", text(line(1), line(2)));
    const { body } = await api.call("GET", "/v1/inventory", { token });
    const kinds = body["items"] as readonly ApiInventoryKind[];
    expect(kinds.map(({ kind, items }) => [kind, items])).toEqual(
      INVENTORY_KIND_NAMES.map((kind) => [kind, kind === "lines" ? 2 : 0]),
    );
    expect(kinds.find(({ kind }) => kind === "stock")?.toldAt).toBeNull();
  });

  it("deletes by a key with any characters, and once", async () => {
    const odd = { nas: "bng/1?", line: "circuit 1/0 #7|%2F" };
    await put("lines", text(odd));
    const path = `${LINES}/${encodeURIComponent(`${odd.nas}|${odd.line}`)}`;
    expect((await api.call("DELETE", path, { token })).status).toBe(204);
    expect((await api.call("DELETE", path, { token })).body["code"]).toBe("not_found");
    expect(await keys()).toEqual([]);
  });
});
