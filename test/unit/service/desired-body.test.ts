import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/lib/errors.ts";
import { parseDesiredBody } from "../../../src/service/desired-body.ts";

const CANARY = "canary-Gh7!zq-4471";

describe("the body of a PUT", () => {
  it("holds fields at the top, in normal form, with secrets closed", () => {
    const { fields, keep } = parseDesiredBody({
      credentials: { username: "cpe1@ISP.example", password: CANARY },
      firmware: null,
      frequencyPlan: { channelsKhz: [2505000], bandwidthKhz: 10000 },
    });
    expect(keep).toEqual([]);
    expect(Object.keys(fields)).toEqual(["credentials", "frequencyPlan"]);
    expect(fields.credentials).toMatchObject({ username: "cpe1", realm: "isp.example" });
    expect(JSON.stringify(fields)).not.toContain(CANARY);
    expect(fields.credentials?.password?.open()).toBe(CANARY);
  });

  it("keeps a secret in the form that GET shows", () => {
    const { fields, keep } = parseDesiredBody({
      credentials: {
        username: "a",
        password: { set: true, version: 3, fingerprint: "3f9a", changedAt: "2026-11-22T21:00:00Z" },
      },
      document: { generation: 4 },
      status: { state: "converged" },
    });
    expect(fields.credentials).toEqual({ username: "a", realm: "" });
    expect(keep).toEqual([
      { field: "credentials", member: "password", pointer: "/credentials/password", version: 3 },
    ]);
  });

  it("is a value or every problem with its pointer, never with a value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (body, password) => {
        for (const each of [
          body,
          { credentials: { username: "a", password } },
          { credentials: body },
        ]) {
          try {
            parseDesiredBody(each);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            expect((error as AppError).code).toBe("invalid");
            expect((error as AppError).problems.length).toBeGreaterThan(0);
          }
        }
      }),
    );
  });

  it("does not quote what was typed as a password", () => {
    for (const password of [[CANARY], { value: CANARY }, { set: true, version: CANARY }]) {
      try {
        parseDesiredBody({ credentials: { username: "a", password } });
        expect.unreachable();
      } catch (error) {
        expect(
          JSON.stringify([(error as AppError).message, (error as AppError).problems]),
        ).not.toContain(CANARY);
      }
    }
  });
});
