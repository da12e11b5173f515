import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scrubber } from "../../../src/acs/scrub.ts";

describe("scrub", () => {
  it.each([
    ["plain", "cannot set p&w<1>", "cannot set [secret]"],
    ["escaped", "cannot set p&amp;w&lt;1&gt;", "cannot set [secret]"],
    ["escaped twice", "cannot set p&amp;amp;w&amp;lt;1&amp;gt;", "cannot set [secret]"],
    ["percent-encoded", "cannot set p%26w%3C1%3E", "cannot set [secret]"],
    [
      "escaped as JSON",
      String.raw`"cannot set a\\b\"c"`,
      '"cannot set [secret]"',
      String.raw`a\b"c`,
    ],
    ["in other case", "CANNOT SET P&W<1>", "CANNOT SET [secret]"],
    ["several times", "p&w<1>p&w<1>", "[secret][secret]"],
  ])("takes a secret out: %s", (_name, given, want, secret = "p&w<1>") => {
    expect(scrubber([secret])(given)).toBe(want);
  });

  it("replaces before it cuts, so that no piece of a secret stays at the edge", () => {
    const text = scrubber(["0123456789"])(`${"x".repeat(195)}0123456789`);
    expect(text).toHaveLength(200);
    expect(text).not.toContain("0");
  });

  it("leaves no secret in any text, whatever the secrets are", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 3, unit: "grapheme" }), { minLength: 1, maxLength: 3 }),
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        (secrets, before, after) => {
          const clean = scrubber(secrets)(`${before}${secrets.join("")}${after}`);
          // The mark itself may hold a short secret, as may the text around it once pieces are gone.
          const rest = clean.replaceAll("[secret]", "\n");
          return secrets.every((secret) => secret.trim() === "" || !rest.includes(secret));
        },
      ),
    );
  });
});
