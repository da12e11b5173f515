import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/app/clock.ts";
import { shippedMapsWith } from "../../../src/app/shipped.ts";
import { httpApp } from "../../../src/http/app.ts";
import type { ApiImported } from "../../../src/model/api-imports.ts";
import { radiusIngest } from "../../../src/service/radius.ts";
import { radiusStore } from "../../../src/store/radius.ts";
import { device, openApi, type Answer, type Api, type Ask } from "./api-fixture.ts";

const CANARY = "canary-Gh7!zq-4471";
const NDJSON = "application/x-ndjson";
const CSV = "text/csv";

let api: Api;
let writers = 0;
beforeAll(async () => {
  api = await openApi();
  const documents = Array.from({ length: 30 }, (_, at) => device(`I${at}`));
  const seeded = await api.call("POST", "/v1/manifests?expect=0", {
    json: { documents },
    token: api.tokens.operator,
  });
  expect(seeded.status, seeded.text).toBe(200);
});
afterAll(async () => {
  await api.close();
});

const send = (text: string, { query = "", ...ask }: Ask & { readonly query?: string } = {}) =>
  api.call("POST", `/v1/imports${query}`, { type: NDJSON, text, ...ask });
const told = ({ body }: Answer) => body as unknown as ApiImported;
const counts = (answer: Answer) => {
  const { created, changed, unchanged, refused } = told(answer);
  return { created, changed, unchanged, refused };
};
const lines = (...each: readonly unknown[]): string =>
  `${each.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n")}\n`;
const firmware = (at: number, version: string) => ({ device: `I${at}`, firmware: { version } });
/** Another writer for each test. */
async function asWriter(test: (token: string, owner: string) => Promise<void>): Promise<void> {
  writers += 1;
  const owner = `importer-${writers}`;
  const token = await api.token(owner, "desired:write:firmware", "desired:write:frequency");
  await test(token, owner);
}

describe("an import of desired documents", () => {
  it("writes each line as a PUT, and a repeat changes nothing", async () => {
    const text = lines(
      { device: "I0", credentials: { username: "a0@isp.example", password: CANARY } },
      { device: "0019E0-WIXB-I1", credentials: { username: "a1@isp.example", password: CANARY } },
    );
    const first = await send(text, { query: "?expect=2" });
    expect([first.status, counts(first)]).toEqual([
      200,
      { created: 2, changed: 0, unchanged: 0, refused: 0 },
    ]);
    const { results } = told(first);
    expect(results.map(({ line, device: id }) => [line, id])).toEqual([
      [1, "0019E0-WIXB-I0"],
      [2, "0019E0-WIXB-I1"],
    ]);
    const operation = await api.call("GET", `/v1/operations/${results[0]?.operation ?? ""}`);
    expect(operation.status).toBe(200);
    const before = await api.state();
    const again = await send(text);
    expect(counts(again)).toEqual({ created: 0, changed: 0, unchanged: 2, refused: 0 });
    expect(await api.state()).toEqual(before);
    const shown = await api.call("GET", "/v1/devices/I0/desired");
    expect(shown.body["credentials"]).toMatchObject({ username: "a0", realm: "isp.example" });
  });

  it("reads the same from CSV, with quotes, CRLF and a byte order mark", async () => {
    const text =
      "\ufeffdevice,credentials.username,credentials.password\r\n" +
      `I2,"a,2@isp.example","${CANARY} ""x"""\r\n` +
      "I3,a3@isp.example,\r\n";
    const done = await send(text, { type: "text/csv; charset=utf-8", query: "?expect=2" });
    expect(counts(done)).toMatchObject({ created: 2, refused: 0 });
    const json = { device: "I2", credentials: { username: "a,2", realm: "isp.example" } };
    const same = lines({
      ...json,
      credentials: { ...json.credentials, password: `${CANARY} "x"` },
    });
    expect(counts(await send(same))).toMatchObject({ unchanged: 1 });
  });

  it("reads numbers and lists of a table as what they are", async () => {
    await asWriter(async (token) => {
      const text =
        "device,frequencyPlan.channelsKhz,frequencyPlan.bandwidthKhz,firmware.version\n" +
        "I4,3532500 3537500,5000,1.10\n";
      expect(counts(await send(text, { type: CSV, token }))).toMatchObject({ created: 1 });
      const { body } = await api.call("GET", "/v1/devices/I4/desired", { token });
      expect(body).toMatchObject({
        frequencyPlan: { channelsKhz: [3532500, 3537500], bandwidthKhz: 5000 },
        firmware: { version: "1.10" },
      });
    });
  });

  it("says in a dry run what would be, and writes nothing", async () => {
    const before = await api.state();
    const dry = await send(
      lines(
        { device: "I0", credentials: { username: "a0", realm: "isp.example" } },
        { device: "I1", credentials: { username: "other", password: CANARY } },
        { device: "I5", credentials: { username: "new", password: CANARY } },
        { device: "nobody", credentials: { username: "x" } },
      ),
      { query: "?dryRun=true" },
    );
    expect([dry.status, told(dry).dryRun, counts(dry)]).toEqual([
      200,
      true,
      { created: 1, changed: 1, unchanged: 1, refused: 1 },
    ]);
    expect(told(dry).results.every(({ operation }) => operation === undefined)).toBe(true);
    expect(await api.state()).toEqual(before);
  });

  it("refuses single lines with their place, and writes the others", async () => {
    await asWriter(async (token) => {
      const answer = await send(
        lines(
          `{"device": "I6", "firmware": {"version" "1"}}`,
          { device: "nobody", firmware: { version: "1" } },
          { device: "I7", frimware: { version: "1" } },
          { device: "I6", firmware: { version: "" } },
          { firmware: { version: "1" } },
          { device: "I0", credentials: { username: "mine" } },
          firmware(8, "1"),
          "",
          firmware(8, "2"),
          [],
        ),
        { token },
      );
      expect(counts(answer)).toEqual({ created: 1, changed: 0, unchanged: 0, refused: 8 });
      const { refusals } = told(answer);
      expect(refusals.map(({ line, code, pointer }) => [line, code, pointer])).toEqual([
        [1, "malformed_json", undefined],
        [2, "not_found", undefined],
        [3, "invalid", "/frimware"],
        [4, "invalid", "/firmware/version"],
        [5, "invalid", "/device"],
        [6, "forbidden", undefined],
        [9, "invalid", "/device"],
        [10, "invalid", "/device"],
      ]);
      expect(refusals[0]).toMatchObject({ column: 41 });
      expect(refusals[2]?.message).toContain('Did you mean "firmware"?');
    });
  });

  it.for<[string, string]>([
    ["no header", `I1,user,${CANARY}\n`],
    ["no device", "credentials.username\nx\n"],
    ["a column twice", "device,device\nI1,I1\n"],
    ["an open quote", `device,credentials.password\nI1,"${CANARY}\n`],
    ["a quote inside a cell", `device,credentials.password\nI1,x"${CANARY}\n`],
    ["nothing", ""],
    ["only a header", "device,firmware.version\n"],
  ])("refuses a whole table with %s", async ([, text]) => {
    const before = await api.state();
    const { status, body, text: whole } = await send(text, { type: CSV });
    expect([status, body["code"]]).toEqual([422, "invalid"]);
    expect(whole).not.toContain(CANARY);
    expect(await api.state()).toEqual(before);
  });

  it("refuses a row of another length, and no other", async () => {
    await asWriter(async (token) => {
      const text = "device,firmware.version\nI9,1,2\nI9,1\n";
      const answer = await send(text, { type: CSV, token });
      expect(counts(answer)).toMatchObject({ created: 1, refused: 1 });
      expect(told(answer).refusals).toMatchObject([{ line: 2, code: "invalid" }]);
    });
  });

  it("is JSON lines or CSV, with a scope, and of a size", async () => {
    const line = lines(firmware(0, "1"));
    const problem = ({ status, body }: Answer) => [status, body["code"]];
    expect(problem(await send(line, { type: "application/json" }))).toEqual([
      415,
      "unsupported_media_type",
    ]);
    expect(problem(await send(line, { token: api.tokens.reader }))).toEqual([403, "forbidden"]);
    expect(problem(await send(line, { query: "?dryrun=true" }))).toEqual([422, "invalid"]);
    expect(problem(await send("{}\n".repeat(10_001)))).toEqual([413, "payload_too_large"]);
  });
});

describe("the guard of mass changes (I12)", () => {
  const many = (from: number) =>
    lines(...Array.from({ length: 10 }, (_, at) => firmware(at + from, "7.7")));

  it("asks for the number before anything is written, and takes no smaller one", async () => {
    await asWriter(async (token) => {
      const before = await api.state();
      for (const query of ["", "?expect=9"]) {
        const refused = await send(many(10), { query, token });
        expect([refused.status, refused.body["code"]]).toEqual([409, "count_unconfirmed"]);
        expect(refused.body["details"]).toMatchObject({ count: 10 });
      }
      expect(await api.state()).toEqual(before);
      expect(counts(await send(many(10), { query: "?expect=10", token }))).toMatchObject({
        created: 10,
      });
    });
  });

  it("lets an import that died half-way go on when it is sent again as it was (I3)", async () => {
    await asWriter(async (token, owner) => {
      let left = 4;
      const dying = httpApp({
        store: {
          ...api.store,
          async putDocument(...asked) {
            if (!asked[4].dryRun && left-- <= 0) throw new Error("the process is gone");
            return await api.store.putDocument(...asked);
          },
        },
        telemetry: api.telemetry,
        clock: systemClock,
        version: "0.0.0-test",
        mapsOf: shippedMapsWith(),
        radius: radiusIngest({
          store: radiusStore(api.db, (label, text) => api.keyring.digest(label, text)),
          signs: api.store,
          telemetry: api.telemetry,
          now: () => new Date(),
        }),
        shuttingDown: () => false,
      });
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": NDJSON };
      const init = { method: "POST", headers, body: many(20) };
      expect((await dying.request("/v1/imports?expect=10", init)).status).toBe(500);
      const rest = await send(many(20), { query: "?expect=10", token });
      expect(counts(rest)).toEqual({ created: 6, changed: 0, unchanged: 4, refused: 0 });
      const rows = await api.db
        .selectFrom("desired_documents")
        .select("generation")
        .where("writer", "=", owner)
        .execute();
      expect(rows.map(({ generation }) => generation)).toEqual(Array.from({ length: 10 }, () => 1));
    });
  });
});

it("shows a password nowhere (I18)", async () => {
  const text = lines(
    { device: CANARY, credentials: { username: "x", password: CANARY } },
    { device: "I0", credentials: { username: "x", passwort: CANARY } },
    { device: "I0", credentials: CANARY },
    `{"device": "I0", "credentials": {"username": "x", "password": "${CANARY}}`,
  );
  const answer = await send(text);
  expect(counts(answer)).toMatchObject({ refused: 4 });
  expect(answer.text).not.toContain(CANARY);
  expect(JSON.stringify(api.telemetry)).not.toContain(CANARY);
  const events = await api.db.selectFrom("events").selectAll().execute();
  expect(JSON.stringify(events)).not.toContain(CANARY);
  expect(JSON.stringify(await api.state())).not.toContain(CANARY);
});

describe("a rehearsal", () => {
  it("says of each line what writing it then does", async () => {
    const own = Array.from({ length: 11 }, (_, at) => device(`K${20 + at}`));
    await api.call("POST", "/v1/manifests?expect=0", {
      json: { documents: own },
      token: api.tokens.operator,
    });
    const password = CANARY;
    const credentials = (name: string, more: object = {}) => ({ username: `${name}@r`, ...more });
    const put = (at: number, body: object, token?: string) =>
      api.call("PUT", `/v1/devices/K${at}/desired`, {
        json: body,
        ...(token === undefined ? {} : { token }),
      });
    for (const at of [20, 21, 22, 23, 24, 25]) {
      await put(at, { credentials: credentials(`r${at}`, { password }) });
    }
    const other = await api.token("other-writer", "desired:write:firmware");
    await put(26, { firmware: { version: "1.0" } }, other);
    await put(27, { credentials: credentials("r27", { password }) });
    await api.call("DELETE", "/v1/devices/K27/desired");
    const version = (of: number) => ({ set: true, version: of });
    const text = lines(
      { device: "K20", credentials: credentials("r20", { password }) },
      { device: "K21", credentials: credentials("r21", { password: `${password}-2` }) },
      { device: "K22", credentials: credentials("r22") },
      { device: "K23", credentials: credentials("r23", { password: null }) },
      { device: "K24", credentials: credentials("r24", { password: version(1) }) },
      { device: "K25", credentials: credentials("r25", { password: version(9) }) },
      { device: "K26", firmware: { version: "2.0" } },
      { device: "K27", credentials: credentials("r27", { password }) },
      { device: "K28", credentials: credentials("r28", { password }) },
      { device: "K28", credentials: credentials("r28", { password }) },
      { device: "K29", credentials: { user: "r29" } },
      { device: "nobody", credentials: credentials("x") },
      { device: "K30" },
    );
    const outcomes = (answer: Answer) => {
      const { results, refusals } = told(answer);
      return [
        results.map(({ line, device: id, outcome }) => [line, id, outcome]),
        refusals.map(({ line, code }) => [line, code]),
      ];
    };
    const before = await api.state();
    const rehearsed = await send(text, { query: "?dryRun=true" });
    expect(await api.state()).toEqual(before);
    const written = await send(text, { query: "?expect=20" });
    expect(written.status, written.text).toBe(200);
    expect(outcomes(rehearsed)).toEqual(outcomes(written));
    expect(told(written).results.map(({ outcome }) => outcome)).toEqual([
      ...["unchanged", "changed", "unchanged", "changed", "unchanged", "refused", "refused"],
      ...["created", "created", "refused", "refused", "refused"],
      "created",
    ]);
  });
});
