import { describe, expect, it } from "vitest";
import type { ImportView } from "../../../src/ports/import-store.ts";
import { importStatus } from "../../../src/service/kept-imports.ts";

const VIEW: ImportView = {
  id: "imp_1",
  owner: "billing",
  at: new Date("2026-11-22T21:00:00Z"),
  lines: 3,
  wanted: null,
  counts: { created: 0, changed: 0, unchanged: 0, refused: 0 },
  silentMs: 0,
  endedAt: null,
  end: null,
};

describe("how an import stands", () => {
  it.for<[string, Partial<ImportView>, string]>([
    ["its lines are looked at", {}, "checking"],
    ["they were, and now they are written", { wanted: 2 }, "writing"],
    ["nothing was to be written", { wanted: 0 }, "writing"],
    ["its process got on a minute ago", { wanted: 2, silentMs: 60_000 }, "writing"],
    ["its process is gone", { wanted: 2, silentMs: 121_000 }, "broken"],
    ["it ended, however long ago", { silentMs: 1e9, end: { kind: "done" } }, "done"],
    [
      "the guard refused it",
      { end: { kind: "refused", code: "count_unconfirmed", message: "" } },
      "refused",
    ],
  ])("%s", ([, more, status]) => {
    expect(importStatus({ ...VIEW, ...more })).toBe(status);
  });
});
