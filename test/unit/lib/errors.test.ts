import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AppError, ERROR_CODES, messageOf, type ErrorCode } from "../../../src/lib/errors.ts";

const CODES = Object.entries(ERROR_CODES).map(([code, facts]) => ({
  code: code as ErrorCode,
  ...facts,
}));

/** Which HTTP statuses go with an exit code of the command line. */
const STATUSES: Readonly<Record<number, readonly number[]>> = {
  3: [422],
  4: [504],
  5: [404],
  6: [409, 412],
  7: [401, 403],
  64: [400, 405, 413, 415, 422],
  69: [429, 502, 503],
  70: [500],
};
/** Stops the program before there is an HTTP answer; to the one who starts it, it is bad usage. */
const NEVER_ANSWERED: readonly string[] = ["bad_config"];

/**
 * What is in the way ends by itself: another request of the caller's own; an AAA that has not read its users anew.
 */
const ENDS_BY_ITSELF: readonly string[] = ["idempotency_key_in_use", "test_login_refused"];

describe("the table of errors", () => {
  it.for(CODES)("$code reads like one of the family", ({ code, title, status, exit, retry }) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(title, "a title is a short sentence without a full stop").toMatch(/^[A-Z].{4,60}[^.]$/);
    expect(exit, "0 is success, 1 is a crash of Node, 2 is a difference").toBeGreaterThan(2);
    if (!NEVER_ANSWERED.includes(code)) expect(STATUSES[exit]).toContain(status);
    if (retry === "after" && !ENDS_BY_ITSELF.includes(code))
      expect(status >= 500 || status === 429, "waiting helps only against the world").toBe(true);
  });

  it("has a different title for each code, since people search for it", () => {
    expect(new Set(CODES.map(({ title }) => title)).size).toBe(CODES.length);
  });

  it("has no code that nobody uses", () => {
    const source = readdirSync("src", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && file !== "lib/errors.ts")
      .map((file) => readFileSync(`src/${file}`, "utf8"))
      .join("\n");
    const unused = CODES.filter(({ code }) => !source.includes(`"${code}"`)).map(
      ({ code }) => code,
    );
    expect(unused.filter((code) => !RESERVED.includes(code))).toEqual([]);
  });
});

/** Designed, and not reachable yet; a code leaves this list when it gets its first use. */
const RESERVED: readonly string[] = [
  "acs_unreachable",
  "acs_wrong_answer",
  "in_use",
  "no_map",
  "timed_out",
];

describe("an AppError", () => {
  it("says its status, exit code and retry by its code alone", () => {
    const error = new AppError("field_conflict", "credentials belong to billing");
    expect(error).toMatchObject({ status: 409, exit: 6, retry: "after_change", name: "AppError" });
    expect(error.problems).toEqual([]);
    expect("cause" in error).toBe(false);
  });

  it("keeps its cause", () => {
    const cause = new Error("ECONNREFUSED");
    expect(new AppError("database_unreachable", "no database", { cause }).cause).toBe(cause);
  });
});

describe("the message of anything thrown", () => {
  it.for([
    { name: "an error", given: new Error("gone"), want: "gone" },
    { name: "a text", given: "gone", want: "gone" },
    { name: "nothing", given: undefined, want: "undefined" },
    { name: "a symbol", given: Symbol("gone"), want: "Symbol(gone)" },
  ])("$name", ({ given, want }) => {
    expect(messageOf(given)).toBe(want);
  });
});
