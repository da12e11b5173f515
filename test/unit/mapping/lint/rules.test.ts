/** Each rule with maps that it finds fault with, and the nearest maps that it lets pass. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RULES } from "../../../../src/mapping/lint/index.ts";
import { LIMIT_CASES } from "./limit-cases.ts";
import { lint } from "./lint.ts";
import { MAP_CASES } from "./map-cases.ts";
import { PATH_CASES } from "./path-cases.ts";
import { VALUE_CASES } from "./value-cases.ts";

const CASES = [...PATH_CASES, ...VALUE_CASES, ...LIMIT_CASES, ...MAP_CASES];

describe.for(CASES)("$rule: $name", ({ rule, bad, severity, pointer, says, good }) => {
  it("is found", () => {
    const found = lint(bad).filter(({ code }) => code === rule);
    const one = found.find(({ message }) => message.includes(says));
    expect(one, found.map(({ message }) => message).join("\n")).toMatchObject({
      file: "some-map.yaml",
      severity,
      pointer: pointer === "" ? (expect.any(String) as string) : pointer,
    });
  });

  it("and its neighbour passes", () => {
    expect(lint(good).filter(({ code }) => code === rule)).toEqual([]);
  });
});

it("every rule stands on the page about maps, with its meaning", () => {
  const page = readFileSync(new URL("../../../../manifests/README.md", import.meta.url), "utf8");
  for (const { name: code, meaning } of RULES) {
    expect(page.split("\n").find((line) => line.startsWith(`| \`${code}\``))).toContain(meaning);
  }
});

it("every rule has a case, a name of its own and a meaning", () => {
  const names = RULES.map(({ name: code }) => code);
  expect(new Set(CASES.map(({ rule }) => rule))).toEqual(new Set(names));
  expect(new Set(names).size).toBe(names.length);
  for (const { meaning } of RULES) expect(meaning.length).toBeGreaterThan(20);
});
