/** Which secrets are read along, and which of what was read is one. */
import { describe, expect, it } from "vitest";
import type { Reading, Snapshot } from "../../../src/model/parameter.ts";
import { secretsAlong, shownSecrets } from "../../../src/reconcile/shown-secrets.ts";
import { fakeMapper } from "../../support/fake-mapper.ts";

const MGMT = {
  "mgmt.acs-password": { secret: true },
  "mgmt.connection-request-password": { secret: true },
};
const PPP = { "wan.ppp.credential": {}, "wan.ppp.password": { secret: true } };
const wants = (...names: string[]) => ({ fields: names.map((name) => ({ name })) }) as never;
const ACS = "Device.X_FAKE.mgmt.acs-password";
const CALL = "Device.X_FAKE.mgmt.connection-request-password";
const text = (value: string): Reading => ({ kind: "value", text: value });
const snapshot = (values: Readonly<Record<string, Reading>>, covered = false): Snapshot => ({
  values: new Map(Object.entries(values)),
  covered: covered ? ["Device.X_FAKE."] : [],
});
const ALONG = Object.keys(MGMT);

describe("secrets that are read along", () => {
  const asked = (known: Snapshot | null, bound: object = { ...MGMT, ...PPP }) =>
    secretsAlong(wants("credentials"), fakeMapper(bound as never), known);

  it.for<[string, Snapshot | null, string[]]>([
    ["both, of a device that nobody has read", null, ALONG],
    ["both, where neither was asked before", snapshot({}), ALONG],
    [
      "those that it showed the last time",
      snapshot({ [ACS]: { kind: "null" }, [CALL]: text("") }),
      ALONG.slice(0, 1),
    ],
    ["none of a device that shows them empty", snapshot({ [ACS]: text(""), [CALL]: text("") }), []],
    [
      "none that it could not read",
      snapshot({ [ACS]: { kind: "failed", code: 9005, text: "" }, [CALL]: text("") }),
      [],
    ],
    ["none that it lacks", snapshot({}, true), []],
  ])("are %s", ([, known, names]) => {
    expect(asked(known)).toEqual(names);
  });

  it("are none where the map knows none, or shows them for no secret", () => {
    expect(asked(null, PPP)).toEqual([]);
    expect(asked(null, { ...PPP, "mgmt.acs-password": {} })).toEqual([]);
  });

  it("are none where no credential is wanted of the device", () => {
    expect(secretsAlong(wants("firmware"), fakeMapper({ ...MGMT, ...PPP }), null)).toEqual([]);
  });
});

describe("a secret that was shown", () => {
  const shown = (reading: Reading, remembered = snapshot({})) => {
    const answer = snapshot({ [ACS]: reading });
    const values = new Map([...remembered.values, ...answer.values]);
    const mapper = fakeMapper({ ...MGMT, ...PPP });
    return shownSecrets(mapper, { values, covered: [] }, answer).map(
      ({ opens, value }) => `${opens} ${value.open()}`,
    );
  };

  it("is what the device said, by what it opens", () => {
    expect(shown(text("gh7-zq4471"))).toEqual(["acs gh7-zq4471"]);
    expect(shown(text("***a")), "no mask").toEqual(["acs ***a"]);
  });

  it.for([
    ...["", "  ", "*", "********", "••••", "xxxxxx", "XXXX", "......", "#####", "-"],
    ...["(hidden)", "<hidden>", "[masked]", "null", "None", "N/A", "undefined"],
  ])("is none where it reads %j", (reading) => {
    expect(shown(text(reading))).toEqual([]);
  });

  it("is none where it is nil, failed, or only remembered", () => {
    expect(shown({ kind: "null" })).toEqual([]);
    expect(shown({ kind: "failed", code: 9002, text: "gh7-zq4471" })).toEqual([]);
    expect(shown(text(""), snapshot({ [CALL]: text("gh7-zq4471") }))).toEqual([]);
  });

  it("does not print", () => {
    const mapper = fakeMapper({ ...MGMT, ...PPP });
    const answer = snapshot({ [ACS]: text("gh7-zq4471") });
    const found = shownSecrets(mapper, answer, answer);
    expect(`${JSON.stringify(found)} ${String(found[0]?.value)}`).not.toContain("gh7");
  });
});
