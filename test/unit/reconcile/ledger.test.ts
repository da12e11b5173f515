import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../../src/model/parameter.ts";
import type { Assessment } from "../../../src/model/plan.ts";
import type { LateWrite, OpenIntent, StoredEdit } from "../../../src/model/records.ts";
import {
  doubtOf,
  executedLate,
  lookAgainMs,
  mayFireMs,
  toldAsLate,
} from "../../../src/reconcile/ledger.ts";
import { withoutFights } from "../../../src/reconcile/fights.ts";
import type { IntentVerdict } from "../../../src/reconcile/verify.ts";
import { CREDENTIALS, wants } from "../../support/records.ts";
import { setOf } from "../../support/operations.ts";

const USER = "Device.PPP.Interface.1.Username";
const LOGICAL = "wan.ppp.password";
const NOW = new Date("2026-03-08T12:00:00Z");
const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
const ago = (ms: number): Date => new Date(NOW.getTime() - ms);

const user = (text: string): StoredEdit => ({ path: USER, value: { kind: "text", text } });
const secret = (digest?: string): StoredEdit => ({
  path: `${USER}.Password`,
  value: { kind: "secret", logical: LOGICAL, ...(digest === undefined ? {} : { digest }) },
});
const DOWNLOAD: StoredEdit = {
  ...{ action: "download", image: "fw-2", sha256: "a", over: "1", version: "2" },
  ...{ fileName: "fw_2.bin", fileType: "1 Firmware Upgrade Image", sizeBytes: 9 },
};
const shows = (text: string | null): Snapshot => ({
  values: text === null ? new Map() : new Map([[USER, { kind: "value", text }]]),
  covered: [],
});

function write(given: Partial<LateWrite> = {}): LateWrite {
  return {
    id: 1,
    changeId: "c1",
    fields: ["credentials"],
    intendedAt: ago(60 * MINUTE),
    edits: [user("old"), secret("digest-old")],
    overwrittenAt: ago(50 * MINUTE),
    doubted: false,
    ...given,
  };
}

/** The correction would write this user name. */
function drift(wanted: string): Assessment {
  return {
    kind: "drift",
    field: "credentials",
    values: new Map(),
    calls: [setOf({ path: USER, value: { kind: "text", text: wanted } })],
    effect: { interrupts: [], reboot: "none", applies: "now", settleMs: 0 },
    after: [],
    detail: "differs",
  };
}
const EQUAL: Assessment = { kind: "equal", field: "credentials", believed: [] };

describe("a write joins the ledger when it gets its verdict", () => {
  it.for<{
    name: string;
    verdict: IntentVerdict;
    outcome?: OpenIntent["outcome"];
    edits?: StoredEdit[];
    sees?: string | null;
    takesBack?: boolean;
    want: number | null;
  }>([
    { name: "superseded, not to be seen", verdict: "superseded", want: WEEK },
    { name: "superseded, and done by now", verdict: "superseded", sees: "old", want: null },
    {
      name: "superseded, its parameter not read (I5)",
      verdict: "superseded",
      sees: null,
      want: WEEK,
    },
    {
      name: "lost: nobody knows whether it arrived",
      verdict: "lost",
      outcome: "unknown",
      want: WEEK,
    },
    { name: "lost in a crash of ours", verdict: "lost", outcome: null, want: WEEK },
    { name: "taken for ignored", verdict: "ignored", want: WEEK },
    { name: "verified by what reads back", verdict: "verified", want: null },
    { name: "verified in another spelling", verdict: "verified", sees: "OLD", want: null },
    {
      name: "the CPE itself said that it is done",
      verdict: "superseded",
      outcome: "done",
      want: null,
    },
    { name: "the ACS leaves nothing behind", verdict: "superseded", takesBack: true, want: null },
    {
      name: "no answer, even from an ACS that leaves nothing behind",
      verdict: "superseded",
      outcome: "unknown",
      takesBack: true,
      want: WEEK,
    },
    {
      name: "a password alone: that it was taken is no proof that it was done",
      verdict: "verified",
      edits: [secret("digest-old")],
      want: WEEK,
    },
    {
      name: "a reboot that never came",
      verdict: "ignored",
      edits: [{ action: "reboot" }],
      want: WEEK,
    },
    {
      name: "a reboot that was seen",
      verdict: "verified",
      edits: [{ action: "reboot" }],
      want: null,
    },
    { name: "a firmware given up", verdict: "lost", edits: [DOWNLOAD], want: WEEK },
    {
      name: "a firmware that was not taken: perhaps the boot was another one",
      verdict: "failed",
      edits: [DOWNLOAD],
      want: WEEK,
    },
    {
      name: "a firmware given up at an ACS that leaves nothing behind",
      verdict: "lost",
      edits: [DOWNLOAD],
      takesBack: true,
      want: null,
    },
    { name: "a firmware that runs", verdict: "verified", edits: [DOWNLOAD], want: null },
  ])("$name", ({ verdict, outcome = "accepted", edits, sees = "new", takesBack = false, want }) => {
    const intent = { outcome, edits: edits ?? [user("old"), secret("digest-old")] };
    expect(mayFireMs(intent, verdict, shows(sees), takesBack)).toBe(want);
  });
});

describe("a late execution is known by what the device shows", () => {
  it.for<{
    name: string;
    ledger: LateWrite[];
    sees: string | null;
    is: Assessment;
    want: number[];
  }>([
    {
      name: "instead of what is wanted",
      ledger: [write()],
      sees: "old",
      is: drift("new"),
      want: [1],
    },
    {
      name: "not by somebody else's value",
      ledger: [write()],
      sees: "x",
      is: drift("new"),
      want: [],
    },
    { name: "not by what is wanted", ledger: [write()], sees: "old", is: EQUAL, want: [] },
    {
      name: "not by what was not read (I5)",
      ledger: [write()],
      sees: null,
      is: drift("new"),
      want: [],
    },
    {
      name: "not when the difference lies elsewhere in the field",
      ledger: [write()],
      sees: "old",
      is: drift("old"),
      want: [],
    },
    {
      name: "not of a write without a readable part",
      ledger: [write({ edits: [secret("d")] })],
      sees: "old",
      is: drift("new"),
      want: [],
    },
    {
      name: "of two alike the older one, so that the other can still be told",
      ledger: [write(), write({ id: 2 })],
      sees: "old",
      is: drift("new"),
      want: [1],
    },
    {
      name: "of another field's write never",
      ledger: [write({ fields: ["frequencyPlan"] })],
      sees: "old",
      is: drift("new"),
      want: [],
    },
  ])("$name", ({ ledger, sees, is, want }) => {
    expect(executedLate(ledger, [is], shows(sees)).map(({ id }) => id)).toEqual(want);
  });

  it("and the difference says which change it was, and when it was sent", () => {
    const [told] = toldAsLate([drift("new")], [write()]);
    expect(told).toMatchObject({
      detail: "differs; the ACS executed change c1 of 2026-03-08T11:00:00.000Z late",
    });
    expect(toldAsLate([EQUAL], [write()])).toEqual([EQUAL]);
  });

  it("and is corrected however often the field was corrected before", () => {
    const often = [{ field: "credentials" as const, generation: "g1", times: 3 }];
    expect(withoutFights([drift("new")], often, "g1")[0]?.kind).toBe("cannot");
    const ours = new Set(["credentials" as const]);
    expect(withoutFights([drift("new")], often, "g1", ours)[0]?.kind).toBe("drift");
  });
});

describe("a secret that never reads back is doubted on evidence alone (I6)", () => {
  const WANTED = wants({ credentials: CREDENTIALS }, { digest: "digest-new" });
  it.for<{
    name: string;
    given?: Partial<LateWrite>;
    back: Date | null;
    sees?: string;
    want: boolean;
  }>([
    { name: "it came back since, and shows the rest of it", back: ago(MINUTE), want: true },
    { name: "it has not come back", back: null, want: false },
    { name: "it booted before the secret was last written", back: ago(51 * MINUTE), want: false },
    { name: "it booted in the same seconds", back: ago(50 * MINUTE - 4_000), want: false },
    {
      name: "it shows another user name, so the write was not done",
      back: ago(MINUTE),
      sees: "new",
      want: false,
    },
    {
      name: "it was doubted for this write before",
      given: { doubted: true },
      back: ago(MINUTE),
      want: false,
    },
    {
      name: "the write has the secret that is wanted",
      given: { edits: [user("old"), secret("digest-new")] },
      back: ago(MINUTE),
      want: false,
    },
    {
      name: "nobody knows which secret it has",
      given: { edits: [user("old"), secret()] },
      back: ago(MINUTE),
      want: false,
    },
    {
      name: "a password alone",
      given: { edits: [secret("digest-old")] },
      back: ago(MINUTE),
      want: true,
    },
    {
      name: "its field is not wanted any more",
      given: { fields: ["frequencyPlan"] },
      back: ago(MINUTE),
      want: false,
    },
  ])("$name: $want", ({ given, back, sees = "old", want }) => {
    const doubt = doubtOf([write(given)], WANTED, shows(sees), back);
    expect(doubt).toEqual(want ? { intents: [1], logicals: [LOGICAL] } : null);
  });
});

describe("what would show in a read is looked for with waits that double", () => {
  it.for<{ name: string; given?: Partial<LateWrite>; sees: string; want: number | null }>([
    {
      name: "a quarter of an hour at first",
      given: { intendedAt: ago(MINUTE) },
      sees: "new",
      want: 15 * MINUTE,
    },
    { name: "then as long as it has waited", sees: "new", want: 60 * MINUTE },
    { name: "never for one whose values are there", sees: "old", want: null },
    {
      name: "never for what no read shows",
      given: { edits: [secret("d")] },
      sees: "new",
      want: null,
    },
  ])("$name", ({ given, sees, want }) => {
    expect(lookAgainMs([write(given)], shows(sees), NOW)).toBe(want);
  });
});
