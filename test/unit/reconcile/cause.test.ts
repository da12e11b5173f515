import { expect, it } from "vitest";
import type { SettledUnder } from "../../../src/model/records.ts";
import { causeOf } from "../../../src/reconcile/cause.ts";

const NOW: SettledUnder = {
  fields: { credentials: "c1", frequencyPlan: "f1" },
  mapHash: "0123456789abcdef",
  release: "1.1.0",
};

it.for<{ name: string; before: SettledUnder | null; cause: string | null }>([
  { name: "nothing was settled before", before: null, cause: null },
  {
    name: "somebody wants something new",
    before: { ...NOW, fields: { ...NOW.fields, frequencyPlan: "f0" } },
    cause: null,
  },
  {
    name: "wanted anew and through another map: it was asked for",
    before: { fields: {}, mapHash: "f", release: "1.0.0" },
    cause: null,
  },
  {
    name: "somebody wants something else to be new, which is no reason for this",
    before: { ...NOW, fields: { ...NOW.fields, credentials: "c0" } },
    cause: "drift",
  },
  { name: "its map changed", before: { ...NOW, mapHash: "f" }, cause: "map 0123456789ab" },
  { name: "we are another version", before: { ...NOW, release: "1.0.0" }, cause: "release 1.1.0" },
  { name: "it turned away by itself", before: NOW, cause: "drift" },
])("the cause of a correction (I12): $name", ({ before, cause }) => {
  expect(causeOf(["frequencyPlan"], before, NOW)).toBe(cause);
});
