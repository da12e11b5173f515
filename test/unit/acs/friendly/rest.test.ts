/** Answers of `POST Transaction` by hand, after acs-northbound-apis.md 2.5. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTransaction } from "../../../../src/acs/friendly/rest.ts";

const counts = (CompletedCount: unknown, PendingCount: unknown, FailedCount: unknown): string =>
  JSON.stringify({ CompletedCount, PendingCount, FailedCount });

describe("what became of a transaction", () => {
  it.each([
    ["all done", counts(1, 0, 0), { kind: "done" }],
    ["one waits", counts(1, 1, 0), { kind: "pending" }],
    ["one failed, and the poll that never ends ends", counts(1, 1, 1), { kind: "failed" }],
    ["a transaction of nothing", counts(0, 0, 0), { kind: "unknown", fault: "incomplete" }],
    ["texts", counts("1", "0", "0"), { kind: "unknown", fault: "incomplete" }],
    ["less than none", counts(1, 0, -1), { kind: "unknown", fault: "incomplete" }],
    ["another answer", `{"ErrorCode":100,"Online":true}`, { fault: "incomplete" }],
    ["a refusal", `{"ErrorCode":201,"Message":"no"}`, { kind: "refused", code: 201, text: "no" }],
    ["a code that is a text", `{"ErrorCode":"201"}`, { fault: "wrong_type" }],
    ["a list", "[]", { fault: "wrong_type" }],
    ["a page", "<html>", { fault: "garbled" }],
    ["nothing", " ", { fault: "empty" }],
  ])("%s", (_name, body, expected) => {
    expect(decodeTransaction(200, body)).toMatchObject(expected);
  });

  it("a good answer under another status is not believed", () => {
    expect(decodeTransaction(500, counts(1, 0, 0))).toMatchObject({ fault: "garbled" });
  });

  it("any text gives a value and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(["unknown", "refused"]).toContain(decodeTransaction(200, body).kind);
      }),
    );
  });
});
