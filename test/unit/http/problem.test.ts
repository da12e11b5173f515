import { describe, expect, it } from "vitest";
import { appErrorOf, problemOf } from "../../../src/http/problem.ts";
import { AppError, ERROR_CODES, type ErrorCode } from "../../../src/lib/errors.ts";

const AT = { instance: "/v1/x", requestId: "r1" };

describe("problems", () => {
  it.for(Object.keys(ERROR_CODES) as ErrorCode[])(
    "%s has a type, a title, a status, a retry",
    (code) => {
      const problem = problemOf(new AppError(code, "because"), AT);
      expect(problem.type).toBe(`/problems/${code.replaceAll("_", "-")}`);
      expect(problem).toMatchObject({
        code,
        detail: "because",
        status: ERROR_CODES[code].status,
        ...AT,
      });
      expect(problem.retryAfter !== undefined).toBe(problem.retry === "after");
    },
  );

  it("say nothing of an error that nobody foresaw", () => {
    const problem = problemOf(appErrorOf(new Error("password=hunter2")), AT);
    expect(problem.code).toBe("internal");
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });

  it("do not grow with what was sent", () => {
    const problems = Array.from({ length: 5_000 }, (_, n) => {
      return { pointer: `/${n}`, code: "unknown_field", message: "x".repeat(5_000) };
    });
    const text = JSON.stringify(
      problemOf(new AppError("invalid", "y".repeat(9_000), { problems }), AT),
    );
    expect(text.length).toBeLessThan(100_000);
  });
});
