import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { liesIn, parseNetwork } from "../../../src/service/networks.ts";

describe("a network", () => {
  it.for([
    ["10.8.0.0/24", true],
    ["10.8.0.7/24", true],
    ["10.8.0.7", true],
    ["0.0.0.0/0", true],
    ["2001:db8::/32", true],
    ["::1", true],
    ["10.8.0.0/33", false],
    ["2001:db8::/129", false],
    ["10.8.0.0/", false],
    ["10.8.0.0/24/1", false],
    ["10.8.0/24", false],
    ["10.8.0.0/-1", false],
    ["fe80::1%eth0", false],
    ["billing.example", false],
    ["", false],
  ] as const)("is written like this: %s, %s", ([text, valid]) => {
    expect(parseNetwork(text) !== undefined).toBe(valid);
  });

  it.for([
    [["10.8.0.0/24"], "10.8.0.255", true],
    [["10.8.0.0/24"], "10.8.1.0", false],
    [["10.8.0.9/24"], "10.8.0.1", true],
    [["10.8.0.9"], "10.8.0.9", true],
    [["10.8.0.9"], "10.8.0.10", false],
    [["10.8.0.0/24"], "::ffff:10.8.0.3", true],
    [["::ffff:0:0/96"], "10.8.0.3", true],
    [["2001:db8::/32"], "2001:db8::17", true],
    [["2001:db8::/32"], "2001:db9::17", false],
    [["fe80::/10"], "fe80::1%eth0", true],
    [["192.0.2.0/24", "10.0.0.0/8"], "10.200.1.1", true],
    [[], "10.0.0.1", false],
    [["0.0.0.0/0"], null, false],
    [["0.0.0.0/0"], "not an address", false],
  ] as const)("of %j holds %s: %s", ([networks, address, inside]) => {
    expect(liesIn(networks, address)).toBe(inside);
  });

  it("whatever is asked, never throws", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (network, address) => {
        expect(() => liesIn([network, "10.0.0.0/8"], address)).not.toThrow();
      }),
    );
  });
});
