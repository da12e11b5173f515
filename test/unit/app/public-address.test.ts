import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPublicAddress } from "../../../src/app/public-address.ts";

describe("an address that a receiver may have", () => {
  it.for([
    ["8.8.8.8", true],
    ["172.32.0.1", true],
    ["100.128.0.1", true],
    ["2606:4700::1111", true],
    ["127.0.0.1", false],
    ["127.255.255.255", false],
    ["0.0.0.0", false],
    ["10.1.2.3", false],
    ["172.16.0.1", false],
    ["172.31.255.255", false],
    ["192.168.1.1", false],
    ["169.254.169.254", false],
    ["100.64.0.1", false],
    ["198.18.0.1", false],
    ["224.0.0.1", false],
    ["255.255.255.255", false],
    ["::1", false],
    ["::", false],
    ["::ffff:127.0.0.1", false],
    ["::ffff:8.8.8.8", false],
    ["::ffff:a00:1", false],
    ["64:ff9b::a00:1", false],
    ["64:ff9b::8.8.8.8", false],
    ["2002:7f00:1::", false],
    ["2001::1", false],
    ["2001:db8::1", false],
    ["fc00::1", false],
    ["fd12:3456::1", false],
    ["fe80::1", false],
    ["fe80::1%eth0", false],
    ["ff02::1", false],
    ["localhost", false],
    ["", false],
  ] as const)("%s: %s", ([address, isPublic]) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });

  it("is never one of this machine or its networks, whatever the rest of it is", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const private4 = fc.tuple(fc.constantFrom("10", "127", "0", "255"), byte, byte, byte);
    fc.assert(
      fc.property(private4, (parts) => {
        expect(isPublicAddress(parts.join("."))).toBe(false);
        expect(isPublicAddress(`::ffff:${parts.join(".")}`)).toBe(false);
      }),
    );
  });
});
