import { Console } from "node:console";
import { Writable } from "node:stream";
import { format, inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/lib/hash.ts";
import { Secret } from "../../../src/lib/secret.ts";

const CANARY = "canary-7f3a";

function printed(print: (console: Console) => void): string {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  print(new Console(stream));
  return text;
}

describe("a secret never prints (I18)", () => {
  const secret = new Secret(CANARY);
  const nested = { device: { credentials: { username: "u", password: secret } }, list: [secret] };

  it.for<{ name: string; given: () => string }>([
    { name: "as a text", given: () => String(secret) },
    { name: "in a template", given: () => `${String(secret)} ${[secret].join()}` },
    { name: "added to a text", given: () => "added: " + (secret as unknown as string) },
    { name: "as a number", given: () => String(Number(secret)) },
    { name: "as a key", given: () => Object.keys({ [secret as unknown as string]: 1 }).join() },
    { name: "as JSON", given: () => JSON.stringify(secret) },
    { name: "as JSON inside something", given: () => JSON.stringify(nested, null, 2) },
    { name: "as canonical JSON", given: () => canonicalJson(nested) },
    { name: "inspected", given: () => inspect(nested, { depth: 9, showHidden: true }) },
    {
      name: "inspected without our own printer",
      given: () => inspect(nested, { depth: 9, showHidden: true, customInspect: false }),
    },
    { name: "formatted", given: () => format("%s %o %O %j %d", secret, nested, nested, nested, 1) },
    {
      name: "on a console",
      given: () =>
        printed((console) => {
          console.log(secret, nested);
          console.table([nested.device.credentials]);
          console.dir(nested, { depth: 9, showHidden: true });
        }),
    },
    { name: "in an error", given: () => inspect(new Error("no", { cause: nested })) },
    {
      name: "copied",
      given: () => JSON.stringify([Object.assign({}, secret), Object.entries(secret)]),
    },
    { name: "cloned", given: () => inspect(structuredClone(secret)) },
  ])("$name", ({ given }) => {
    expect(given()).not.toContain(CANARY);
  });
});

describe("two secrets", () => {
  it("are equal exactly when their values are", () => {
    const text = fc.string({
      maxLength: 12,
      unit: fc.constantFrom("a", "b", "\u0000", "é", "\ud83d", "\udd11"),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(new Secret(a).equals(new Secret(b))).toBe(a === b);
        expect(new Secret(a).equals(new Secret(a))).toBe(true);
        expect(new Secret(a + b).equals(new Secret(a))).toBe(b === "");
      }),
    );
  });

  it.for([
    { a: "", b: "x", reason: "an empty one has no character to compare with" },
    { a: "aa", b: "a", reason: "the shorter one repeated is not the longer one" },
    { a: "abab", b: "ab", reason: "the shorter one repeated is not the longer one" },
  ])("'$a' is not '$b'", ({ a, b, reason }) => {
    expect(new Secret(a).equals(new Secret(b)), reason).toBe(false);
    expect(new Secret(b).equals(new Secret(a)), reason).toBe(false);
  });

  it("open to what they were made from", () => {
    expect(new Secret(CANARY).open()).toBe(CANARY);
  });
});
