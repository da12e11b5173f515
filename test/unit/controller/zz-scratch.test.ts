import { it, expect } from "vitest";
import { reconcileDevice } from "../../../src/controller/reconciler.ts";
import { fakeMapper, snapshotOf } from "../../support/fake-mapper.ts";
import { aStatus, PLAN, aProfile } from "../../support/records.ts";
import { Secret } from "../../../src/lib/secret.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { NO_FACTS } from "../../../src/model/device.ts";

function run(bindings: any, holds: any, extra: any) {
  const mapper = fakeMapper(bindings);
  const clock = new VirtualClock();
  let stored: any;
  const now = new Date("2026-03-01T12:00:00Z");
  const loaded: any = {
    record: { key: 1, id: "001122-X-1", identity: { oui: "001122", productClass: "X", serial: "1" }, acs: "main", labels: {}, facts: NO_FACTS, hold: null, owedRevocations: [] },
    profiles: [], documents: [], parking: null, secretStates: new Map(), observation: null, openIntents: [],
    status: aStatus({ contactAt: now }), stop: null, now, ...extra,
  };
  const deps: any = {
    acs: { read: async () => ({ kind: "values", snapshot: snapshotOf(holds), readAt: now }), status: async () => ({ kind: "online" }) },
    store: { load: async () => loaded, record: async (r: any) => { stored = r; return true; }, proof: async () => "proven", hasVerified: async () => false, intend: async () => ({ kind: "recorded", id: 9 }), recordOutcome: async () => {} },
    telemetry: { capture: (c: any) => console.log("CAPTURE", c), log() {}, isolate: (_: any, f: any) => f() },
    clock, maps: { names: [], select: () => ({ kind: "map", mapper }) },
    settings: () => ({ mode: "write", verifyWithinMs: 60_000, callDeadlineMs: 30_000, evidenceBudgetMs: 864e5, proveAfterMs: 1, proving: "automatic" }),
    lease: () => ({}), inScope: () => true, fault() {},
  };
  return reconcileDevice({ key: 1, id: "001122-X-1", acs: "main", class: "urgent", gen: 1, reason: "x" } as any, deps, new AbortController().signal).then(() => stored);
}
const OWED = [{ id: 5, username: "mia", realm: "", since: new Date(0) }];
const parking = { acs: "main", credentials: { username: "parked", realm: "", password: new Secret("p") }, secretDigest: "d" };
it("unmapped", async () => {
  const r = await run({ "radio.scan-list": {} }, {}, { parking, record: { key: 1, id: "001122-X-1", identity: {}, acs: "main", labels: {}, facts: NO_FACTS, hold: null, owedRevocations: OWED } });
  console.log("UNMAPPED", r.conclusion.state, r.revocationsProven);
});
it("unread", async () => {
  const r = await run({ "wan.ppp.credential": {}, "wan.ppp.password": { secret: true } }, {}, { parking, record: { key: 1, id: "001122-X-1", identity: {}, acs: "main", labels: {}, facts: NO_FACTS, hold: null, owedRevocations: OWED } });
  console.log("UNREAD", r.conclusion.state, r.conclusion.reason, r.revocationsProven);
});
it("away over verify", async () => {
  const r = await run({ "radio.scan-list": {} }, { "radio.scan-list": [1] }, { profiles: [aProfile({ fields: { frequencyPlan: PLAN } })], openIntents: [{ id: 3, changeId: "c", fields: ["frequencyPlan"], generation: (await gen()), intendedAt: new Date("2026-03-01T11:00:00Z"), outcome: "accepted" }] });
  console.log("AWAY", r.conclusion.state, r.conclusion.reason, r.conclusion.failures, r.verdicts);
});
async function gen() { const { effectiveOf } = await import("../../../src/model/effective.ts"); return effectiveOf({ owedRevocations: [] }, [aProfile({ fields: { frequencyPlan: PLAN } })], [], null).generation; }
