/** Which MAC is read along with a credential. */
import { describe, expect, it } from "vitest";
import { lineMac } from "../../../src/reconcile/line-mac.ts";
import { fakeMapper, snapshotOf } from "../../support/fake-mapper.ts";

const PPP = { "wan.ppp.credential": {}, "wan.ppp.password": {} };
const WIMAX = { "wimax.auth.identity": {}, "wimax.auth.password": {} };
const MACS = { "wan.mac": {}, "wan.ppp.mac": {}, "wan.ip.mac": {} };
const wants = (...names: string[]) => ({ fields: names.map((name) => ({ name })) }) as never;

describe("the MAC of a line", () => {
  it.for<[string, object, string[]]>([
    [
      "that of the PPP connection, where the credential is PPP's",
      { ...PPP, ...MACS },
      ["wan.ppp.mac"],
    ],
    [
      "that of the Internet connection, where there is no other",
      { ...PPP, "wan.mac": {} },
      ["wan.mac"],
    ],
    ["that of the Internet connection, for WiMAX", { ...WIMAX, ...MACS }, ["wan.mac"]],
    ["none, where the map knows none", PPP, []],
    ["none, where the map does not carry a credential", MACS, []],
  ])("is %s", ([, bound, names]) => {
    expect(lineMac(wants("credentials"), fakeMapper(bound as never), null)).toEqual(names);
  });

  it("is not read where no credential is wanted: nothing can be foreign there", () => {
    expect(lineMac(wants("firmware"), fakeMapper({ ...PPP, ...MACS }), null)).toEqual([]);
  });

  it("is not asked again of a device that lacks it", () => {
    const mapper = fakeMapper({ ...PPP, ...MACS });
    expect(lineMac(wants("credentials"), mapper, snapshotOf({}, { covered: true }))).toEqual([]);
  });
});
