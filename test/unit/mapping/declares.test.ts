import { describe, expect, it } from "vitest";
import { declaredBy, declaresSchema, withoutNumbers } from "../../../src/mapping/declares.ts";

describe("what a map declares", () => {
  it.for([
    { "Device.A.": {} },
    { "Device.A.{i}.": { writable: true, meaning: "rows" } },
    { "Device.A.{i}.B.{i}.Mode": { meaning: "as the standard writes it" } },
    { "Device.A.1.Key": { type: "string", secret: true, size: [8, 63] } },
    {
      "Device.A.{x}.VLANID": {
        range: [
          [-1, -1],
          [1, 4094],
        ],
      },
      "Device.A.Rule{r}": {},
    },
    { "Device.A.Mode": { enum: [], range: [], list: true } },
    { "Device.A.Level": { range: [null, 5] } },
  ])("is valid: %j", (declares) => {
    expect(declaresSchema.safeParse(declares).success).toBe(true);
  });

  it.for([
    { declares: { "Device..A": {} }, at: ["Device..A"], says: "empty segment" },
    { declares: { "$wan.Key": {} }, at: ["$wan.Key"], says: "start at the root" },
    { declares: { "Device.A.": { secret: true } }, at: ["Device.A.", "secret"], says: "a branch" },
    { declares: { "Device.A": { size: 64 } }, at: ["Device.A", "size"], says: "" },
    { declares: { "Device.A": { range: [0, 1.5] } }, at: ["Device.A", "range"], says: "" },
    { declares: { "Device.A": { type: "text" } }, at: ["Device.A", "type"], says: "" },
    { declares: { "Device.A": { hidden: true } }, at: ["Device.A"], says: "" },
  ])("is refused with its place: $declares", ({ declares, at, says }) => {
    const [issue] = declaresSchema.safeParse(declares).error?.issues ?? [];
    expect(issue?.path).toEqual(at);
    expect(issue?.message).toContain(says);
  });
});

describe("the lookup of a declaration", () => {
  const declared = declaredBy({
    "Device.Branch.": {},
    "Device.Table.{x}.": { writable: true },
    "Device.Deep.1.Object.Key": { secret: true },
    "Device.Rules.Rule{r}": { type: "string" },
  });

  it.for([
    { path: "Device.Branch", own: {}, known: true },
    { path: "Device.Branch.Any.2.Thing", own: undefined, known: true },
    { path: "Device.Branches", own: undefined, known: false },
    { path: "Device.Table.{row}", own: { writable: true }, known: true },
    { path: "Device.Table.7.Enable", own: undefined, known: true },
    { path: "Device.Table", own: undefined, known: true, reason: "is around something declared" },
    { path: "Device.Deep.{d}.Object.Key", own: { secret: true }, known: true },
    { path: "Device.Deep.2.Object.", own: undefined, known: true },
    { path: "Device.Deep.2.Object.Other", own: undefined, known: false },
    { path: "Device.Rules.Rule{x}", own: { type: "string" }, known: true },
    { path: "Device", own: undefined, known: true },
    { path: "InternetGatewayDevice.Branch.X", own: undefined, known: false },
  ])("of $path", ({ path, own, known, reason }) => {
    expect(declared(path), reason).toEqual({ own, known });
  });

  it("takes numbers and names for any instance", () => {
    expect(withoutNumbers("A.1.B{x}.{y}.C2.07")).toBe("A.{i}.B{i}.{i}.C2.{i}");
  });
});
