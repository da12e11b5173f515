import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  mergeFacts,
  NO_FACTS,
  parseDeviceId,
  printDeviceId,
  type DeviceFacts,
} from "../../../src/model/device.ts";

const part = fc.string({
  minLength: 1,
  maxLength: 16,
  unit: fc.constantFrom(...Array.from("aZ09_-.% /@é漢\u0000🔑")),
});
const identity = fc.record({
  oui: fc.string({
    minLength: 6,
    maxLength: 6,
    unit: fc.constantFrom(...Array.from("0123456789ABCDEF")),
  }),
  productClass: fc.option(part),
  serial: part,
});

describe("a device id", () => {
  it.for([
    {
      name: "is written as GenieACS writes it",
      given: { oui: "001CAA", productClass: "WIMAX-25.v2", serial: "SIM000001" },
      want: "001CAA-WIMAX%2D25%2Ev2-SIM000001",
      reason: "reference/genieacs-nbi-samples/task-202-faulted-get.json",
    },
    {
      name: "has two parts without a product class",
      given: { oui: "001CAA", productClass: null, serial: "S-1" },
      want: "001CAA-S%2D1",
    },
    {
      name: "writes a letter beyond ASCII as its bytes",
      given: { oui: "001CAA", productClass: "é", serial: "1" },
      want: "001CAA-%C3%A9-1",
    },
  ])("$name", ({ given, want, reason }) => {
    expect(printDeviceId(given), reason).toBe(want);
    expect(parseDeviceId(want)).toEqual(given);
  });

  it("that was printed reads back as the same identity", () => {
    fc.assert(
      fc.property(identity, (given) => {
        expect(parseDeviceId(printDeviceId(given))).toEqual(given);
      }),
    );
  });

  it("is different for different identities", () => {
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        expect(printDeviceId(a) === printDeviceId(b)).toBe(
          a.oui === b.oui && a.productClass === b.productClass && a.serial === b.serial,
        );
      }),
    );
  });

  it.for([
    { id: "", reason: "nothing" },
    { id: "001CAA", reason: "an OUI alone" },
    { id: "001CAA-", reason: "an empty serial" },
    { id: "001CAA--1", reason: "an empty product class is no product class" },
    { id: "001caa-X-1", reason: "OUIs are upper case" },
    { id: "001CA-X-1", reason: "an OUI has six digits" },
    { id: "001CAA-X-1-2", reason: "four parts" },
    { id: "001CAA-WIMAX%2d25-1", reason: "lower-case escapes are not canonical" },
    { id: "001CAA-%41-1", reason: "A needs no escape" },
    { id: "001CAA-%C3-1", reason: "half a character" },
    { id: "001CAA-%-1", reason: "half an escape" },
    { id: "001CAA-X.1-1", reason: "a dot has to be escaped" },
    { id: "001CAA-X-1\n", reason: "a line after it" },
  ])("'$id' is none: $reason", ({ id }) => {
    expect(parseDeviceId(id)).toBeUndefined();
  });

  it("is canonical or none, whatever the text (I20)", () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from("0AF-%2D_x\uD83D")) });
    fc.assert(
      fc.property(text, (given) => {
        const parsed = parseDeviceId(given);
        if (parsed !== undefined) expect(printDeviceId(parsed)).toBe(given);
      }),
      { numRuns: 500 },
    );
  });
});

describe("facts that were read", () => {
  const known: DeviceFacts = {
    ...NO_FACTS,
    productClass: "Device2",
    softwareVersion: "1",
    presence: { "Device.A": true, "Device.B": true },
  };
  it.for([
    { reason: "win", read: { softwareVersion: "2" }, want: { softwareVersion: "2" } },
    { reason: "leave what was not read", read: { softwareVersion: null }, want: {} },
    {
      reason: "are kept when they are empty and nobody knows better",
      read: { modelName: "" },
      want: { modelName: "" },
    },
    { reason: "do not empty what somebody knows", read: { productClass: "" }, want: {} },
    {
      reason: "say path by path what is there",
      read: { presence: { "Device.B": false, "Device.C": true } },
      want: { presence: { "Device.A": true, "Device.B": false, "Device.C": true } },
    },
  ])("$reason", ({ read, want }) => {
    expect(mergeFacts(known, { ...NO_FACTS, ...read })).toEqual({ ...known, ...want });
  });
});
