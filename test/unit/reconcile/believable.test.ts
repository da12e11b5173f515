import { describe, expect, it } from "vitest";
import { contentsOf } from "../../../src/model/effective.ts";
import type { Epoch } from "../../../src/model/epoch.ts";
import type { Assessment } from "../../../src/model/plan.ts";
import type { SecretState, SettledUnder } from "../../../src/model/records.ts";
import { believable, lostSecrets } from "../../../src/reconcile/believable.ts";
import { CREDENTIALS, PLAN, wants } from "../../support/records.ts";

const FIRST: Epoch = { bootstrapped: null, hardware: "A", software: "1.0" };
const SECOND: Epoch = { ...FIRST, software: "2.0" };
const WANTED = wants({ credentials: CREDENTIALS, frequencyPlan: PLAN });
const state = (given: Partial<SecretState> = {}): ReadonlyMap<string, SecretState> =>
  new Map([
    ["wan.ppp.password", { digest: "digest-1", origin: "written", epoch: FIRST, ...given }],
  ]);
const SETTLED: SettledUnder = { fields: contentsOf(WANTED), mapHash: "m", release: "1" };
const EQUAL: Assessment = { kind: "equal", field: "credentials", believed: [] };
const DRIFT: Assessment = {
  kind: "drift",
  field: "frequencyPlan",
  values: new Map(),
  calls: [],
  effect: { interrupts: [], reboot: "none", applies: "now", settleMs: 0 },
  after: [],
  detail: "differs",
};

describe("a remembered secret", () => {
  it("is believed in the life in which it was written, and not in the next (I6)", () => {
    expect(believable(state(), FIRST, WANTED)).toEqual(state());
    expect(believable(state(), SECOND, WANTED)).toEqual(new Map());
  });

  it("is believed where its life is not known", () => {
    expect(believable(state({ epoch: null }), SECOND, WANTED)).toEqual(state({ epoch: null }));
  });

  it("that is not the wanted one stays what it is, so that the wanted one is written", () => {
    const other = state({ digest: "digest-0" });
    expect(believable(other, SECOND, WANTED)).toEqual(other);
  });
});

describe("a secret is taken for lost (I6)", () => {
  it.for<{
    name: string;
    epoch?: Epoch;
    found?: Assessment;
    before?: SettledUnder | null;
    lost: readonly string[];
  }>([
    { name: "in another life that took other values along", lost: ["wan.ppp.password"] },
    { name: "but not by another life alone", found: EQUAL, lost: [] },
    { name: "but not by other values alone", epoch: FIRST, lost: [] },
    {
      name: "but not where something new is wanted, which differs without a reset",
      before: { ...SETTLED, fields: { ...SETTLED.fields, frequencyPlan: "another" } },
      lost: [],
    },
    { name: "but not where it was never as it should be", before: null, lost: [] },
  ])("$name", ({ epoch = SECOND, found = DRIFT, before = SETTLED, lost }) => {
    expect(lostSecrets(state(), epoch, WANTED, [EQUAL, found], before)).toEqual(lost);
  });
});
