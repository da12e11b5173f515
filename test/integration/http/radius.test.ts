/** The addresses for FreeRADIUS: what they answer, and that nothing of a secret stays anywhere. */
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/app/clock.ts";
import { shippedMapsWith } from "../../../src/app/shipped.ts";
import { httpApp } from "../../../src/http/app.ts";
import { AppError } from "../../../src/lib/errors.ts";
import type { RadiusStore } from "../../../src/ports/radius-store.ts";
import type { SignOfLife, SignStore } from "../../../src/ports/signs.ts";
import { radiusIngest } from "../../../src/service/radius.ts";
import { CANARY, mutated } from "../../support/radius-mutations.ts";
import {
  changed,
  LAB_PASSWORDS,
  made,
  sample,
  SAMPLES,
  type Sample,
} from "../../support/radius-samples.ts";
import { recorder, type Recorder } from "../../support/stack.ts";
import { openApi, type Answer, type Api, type Ask } from "./api-fixture.ts";

const mapsOf = shippedMapsWith();
let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.token("radius", "radius:ingest");
});
afterAll(async () => {
  await api.close();
});

const pathOf = ({ endpoint }: Sample): string => `/v1/radius/${endpoint}`;
const post = (body: Sample, ask: Ask = {}): Promise<Answer> =>
  api.call("POST", pathOf(body), { bytes: body.bytes, token, ...ask });

async function quarantined(): Promise<string[]> {
  const rows = await api.db
    .selectFrom("radius_quarantine")
    .select(["reason", "attribute", "count"])
    .orderBy("reason")
    .execute();
  return rows.map(({ reason, attribute, count }) => `${count} ${reason} ${attribute}`.trim());
}

async function emptyRadius(): Promise<void> {
  await sql`truncate radius_keys, radius_events, radius_sessions, radius_quarantine`.execute(
    api.db,
  );
}

/** What all tables hold, as text. */
async function everythingStored(): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relispartition`.execute(
    api.db,
  );
  const texts = await Promise.all(
    rows.map(async ({ name }) => {
      const table = await sql<{ text: string | null }>`
        select string_agg(t::text, ' ') as text from ${sql.table(name)} t`.execute(api.db);
      return table.rows[0]?.text ?? "";
    }),
  );
  return texts.join("\n");
}

/** The app over a store that fails as told, for what a database cannot be made to do. */
function over(
  store: RadiusStore,
  signs: SignStore = api.store,
): {
  readonly send: (body: Sample) => Promise<Answer>;
  readonly telemetry: Recorder;
} {
  const telemetry = recorder();
  const app = httpApp({
    ...{ store: api.store, telemetry, clock: systemClock, version: "0.0.0" },
    ...{ mapsOf, findings: api.findings, shuttingDown: () => false },
    radius: radiusIngest({ store, signs, telemetry, now: () => new Date() }),
  });
  return {
    telemetry,
    send: async (body) => {
      const answer = await app.request(pathOf(body), {
        method: "POST",
        headers: { Authorization: `Bearer ${token}` },
        body: new Uint8Array(body.bytes),
      });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, text, body: {} };
    },
  };
}

describe("a record is answered with 204 and nothing else", () => {
  it.for(SAMPLES)("$file", async (body) => {
    const { status, text } = await post(body);
    expect([status, text]).toEqual([204, ""]);
  });

  it.for(["application/json", "text/plain", "application/x-www-form-urlencoded", null])(
    "whatever content type it is declared as: %s",
    async (type) => {
      expect((await post(sample("02"), { type })).status).toBe(204);
    },
  );

  it("from the address alone nobody learns who logged in (trap 12)", async () => {
    for (const path of ["/v1/radius/user/cpe-1001/sessions/1", "/v1/radius/accounting/cpe-1001"]) {
      expect((await api.call("POST", path, { json: {}, token })).status).toBe(404);
    }
  });
});

describe("poison is put aside, counted, told, and answered with 204", () => {
  const large = { ...sample("02"), bytes: Buffer.alloc(300_000, " ") };
  it.for([
    ["no JSON", { ...sample("02"), bytes: Buffer.from("User-Name=cpe-1001") }, "not_json"],
    ["an empty body", { ...sample("02"), bytes: Buffer.alloc(0) }, "not_json"],
    ["more than a body may have", large, "too_large"],
    ["no status", made("accounting", { "User-Name": "x" }), "no_status Acct-Status-Type"],
    [
      "a number that is none",
      changed("03", { "Acct-Session-Time": "soon" }),
      "bad_attribute Acct-Session-Time",
    ],
  ] as const)("%s", async ([, body, reason]) => {
    await emptyRadius();
    const told = api.telemetry.captures.length;
    for (let times = 0; times < 3; times += 1) {
      const { status, text } = await post(body);
      expect([status, text]).toEqual([204, ""]);
    }
    expect(await quarantined()).toEqual([`3 ${reason}`]);
    expect(api.telemetry.captures.length - told, "told once").toBeLessThanOrEqual(1);
  });

  it("and a record that the database refuses does not hold up its neighbours", async () => {
    const seen: string[] = [];
    const { send, telemetry } = over({
      storeRadius: (events, poison) => {
        const refused = events.some(({ session }) => session.id === "s-bad");
        if (refused) return Promise.reject(Object.assign(new Error("secret"), { code: "22P05" }));
        seen.push(...events.map(({ session }) => session.id ?? ""));
        seen.push(...poison.map(({ poison: { reason } }) => reason));
        return Promise.resolve(events.length);
      },
    });
    const start = (id: string) =>
      made("accounting", { "Acct-Status-Type": "Start", "Acct-Session-Id": id });
    const answers = await Promise.all(["s-1", "s-2", "s-bad", "s-3"].map((id) => send(start(id))));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    expect([...seen].sort()).toEqual(["refused", "s-1", "s-2", "s-3"]);
    expect(JSON.stringify([telemetry.lines, telemetry.captures])).not.toContain("secret");
  });
});

describe("only these are refused", () => {
  it("a request without a token, and one without the scope", async () => {
    expect((await post(sample("02"), { token: null })).status).toBe(401);
    const { status, body } = await post(sample("02"), { token: api.tokens.reader });
    expect([status, body["code"]]).toEqual([403, "forbidden"]);
  });

  it("a record while the database is away", async () => {
    const gone = new AppError("database_unreachable", "gone", { retryAfterSeconds: 5 });
    for (const error of [gone, Object.assign(new Error("reset"), { code: "ECONNRESET" })]) {
      const { send } = over({ storeRadius: () => Promise.reject(error) });
      const { status, headers, text } = await send(sample("10"));
      expect([status, headers.get("Retry-After")]).toEqual([503, "5"]);
      for (const word of [...LAB_PASSWORDS, "cpe-1002"]) expect(text).not.toContain(word);
    }
  });

  it("a record that finds the queue full, and the next ones are taken again", async () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const ingest = radiusIngest({
      store: { storeRadius: (events) => opened.then(() => events.length) },
      signs: api.store,
      telemetry: recorder(),
      now: () => new Date(),
    });
    const take = () => ingest.take("accounting", sample("02").bytes);
    const inHand = take();
    const taken = [inHand, ...Array.from({ length: 5_000 }, take)];
    await expect(take()).rejects.toMatchObject({ code: "busy", status: 503 });
    open();
    await Promise.all(taken);
    await take();
  });
});

describe("sessions that begin or go on are signs of life", () => {
  const stored: RadiusStore = { storeRadius: (events) => Promise.resolve(events.length) };
  const packet = (status: string, user: string, more: Readonly<Record<string, unknown>> = {}) =>
    made("accounting", {
      "Acct-Status-Type": status,
      "Acct-Session-Id": `s-${status}-${user}`,
      "User-Name": user,
      "Calling-Station-Id": "00-0C-42-AA-00-01",
      ...more,
    });
  /** What is told of these records, when nothing more comes. */
  async function told(bodies: readonly Sample[]): Promise<readonly SignOfLife[]> {
    const signs: SignOfLife[] = [];
    const { send } = over(stored, {
      signsOfLife: (some) => {
        signs.push(...some);
        return Promise.resolve({ due: 0, ambiguous: 0, unknown: 0 });
      },
    });
    for (const body of bodies) expect((await send(body)).status).toBe(204);
    await new Promise((resolve) => setImmediate(resolve));
    return signs;
  }

  it("by user and MAC, once for each answer, and a Stop is none", async () => {
    const signs = await told([
      packet("Start", "Cpe-1@ISP.example"),
      packet("Interim-Update", "cpe-1@isp.example"),
      packet("Stop", "cpe-1@isp.example"),
    ]);
    const whose = { user: "cpe-1@isp.example", mac: "000c42aa0001" };
    expect(signs.map(({ kind, user, mac }) => ({ kind, user, mac }))).toEqual([
      { kind: "start", ...whose },
      { kind: "interim", ...whose },
    ]);
  });

  it("an outer identity is nobody's user name", async () => {
    const [sign] = await told([packet("Start", "anonymous@isp.example")]);
    expect(sign).toMatchObject({ kind: "start", mac: "000c42aa0001" });
    expect(sign).not.toHaveProperty("user");
  });

  it("what came through a spool is as old as it says", async () => {
    const [sign] = await told([packet("Start", "late", { "Acct-Delay-Time": 5016 })]);
    expect(Math.round((sign?.agoMs ?? 0) / 60_000)).toBe(Math.round(5016 / 60));
  });

  it("and failing, they fail no record (I19)", async () => {
    const { send, telemetry } = over(stored, {
      signsOfLife: () => Promise.reject(new Error("cpe-1@isp.example")),
    });
    for (const user of ["a", "b", "c"])
      expect((await send(packet("Start", user))).status).toBe(204);
    await new Promise((resolve) => setImmediate(resolve));
    expect(telemetry.lines.filter((line) => line.startsWith("warn"))).toHaveLength(1);
    expect(JSON.stringify([telemetry.lines, telemetry.captures])).not.toContain("isp.example");
  });

  it("a device that was away is due once its session began", async () => {
    const { db, store } = api;
    const found = await store.resolveDevice("0019E0-WIXB-A1");
    const device = found?.key ?? 0;
    await api.call("PUT", "/v1/devices/0019E0-WIXB-A1/desired", {
      json: { credentials: { username: "back", realm: "isp.example" } },
    });
    const away = {
      ...{ state: "offline", reachable: false, contact_at: null },
      conditions: JSON.stringify([
        { type: "Reachable", status: "false", since: new Date(Date.now() - 3_600_000) },
      ]),
    };
    await db.updateTable("device_status").set(away).where("device", "=", device).execute();
    const later = new Date("2100-01-01T00:00:00Z");
    await db.updateTable("work").set({ due_at: later }).where("device", "=", device).execute();
    await post(packet("Start", "back@isp.example"));
    const row = () =>
      db.selectFrom("work").selectAll().where("device", "=", device).executeTakeFirstOrThrow();
    await expect.poll(async () => (await row()).due_at < later).toBe(true);
    expect((await row()).reason).toBe("its RADIUS session began");
  });
});

describe("whatever comes, nothing of a password stays (I18, I20)", () => {
  it("for bodies that nearly are what FreeRADIUS sends", async () => {
    const runs = Number(process.env["RADIUS_RUNS"] ?? 500);
    const before = api.telemetry.lines.length;
    const GROUP = 50;
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutated, { minLength: GROUP, maxLength: GROUP }),
        async (bodies) => {
          const answers = await Promise.all(bodies.map((body) => post(body)));
          expect(answers.map(({ status, text }) => `${status}${text}`)).toEqual(
            Array(GROUP).fill("204"),
          );
        },
      ),
      { numRuns: Math.ceil(runs / GROUP) },
    );
    for (const body of SAMPLES) expect((await post(body)).status).toBe(204);
    const rows = await sql<{ count: number }>`
      select count(*)::int as count from radius_events`.execute(api.db);
    expect(rows.rows[0]?.count).toBeGreaterThan(Math.min(runs / 20, 500));
    const everywhere = [
      await everythingStored(),
      JSON.stringify(api.telemetry.lines.slice(before)),
      JSON.stringify(api.telemetry.captures),
    ].join("\n");
    for (const secret of [CANARY, ...LAB_PASSWORDS]) {
      expect(everywhere.includes(secret), secret).toBe(false);
      expect(everywhere.includes(Buffer.from(secret).toString("hex")), `${secret} as hex`).toBe(
        false,
      );
    }
  });

  it("and no user name stands anywhere in clear", async () => {
    await post(made("post-auth", { "User-Name": "typed-password-for-a-name" }));
    await post(sample("20"));
    const stored = await everythingStored();
    expect(stored).not.toContain("typed-password");
    expect(stored, "FreeRADIUS's id is an MD5 over the name").not.toContain(
      "ef597fbfe75e909f3aa56d64e14d19e6",
    );
  });
});
