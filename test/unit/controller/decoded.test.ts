import { describe, expect, it } from "vitest";
import { normaliseEntry } from "../../../src/controller/decoded.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { Observation } from "../../../src/model/logical.ts";

const secret = new Secret("canary-7f3a");

describe("an observation as it is stored", () => {
  it.for<{ name: string; given: Observation; want: object }>([
    {
      name: "keeps value and places",
      given: { kind: "value", value: [1, 2], paths: ["A.1", "A.2"] },
      want: { kind: "value", value: [1, 2], paths: ["A.1", "A.2"] },
    },
    {
      name: "keeps what does not conform apart from what does (I5)",
      given: { kind: "nonconforming", value: 1, path: "A", detail: "d" },
      want: { kind: "nonconforming", value: 1, path: "A", detail: "d" },
    },
    {
      name: "keeps missing apart from unread (I5)",
      given: { kind: "absent", path: "A", detail: "d" },
      want: { kind: "absent", path: "A", detail: "d" },
    },
    {
      name: "keeps unread",
      given: { kind: "unread", path: "A" },
      want: { kind: "unread", path: "A" },
    },
    {
      name: "keeps unreadable",
      given: { kind: "unreadable", path: "A" },
      want: { kind: "unreadable", path: "A" },
    },
    {
      name: "keeps foreign",
      given: { kind: "foreign", path: "A", detail: "d" },
      want: { kind: "foreign", path: "A", detail: "d" },
    },
    {
      name: "takes a secret that a map let through for unreadable (I18)",
      given: { kind: "value", value: secret, paths: ["A"] },
      want: { kind: "unreadable", path: "A" },
    },
    {
      name: "takes a nonconforming secret for unreadable (I18)",
      given: { kind: "nonconforming", value: secret, path: "A", detail: "d" },
      want: { kind: "unreadable", path: "A" },
    },
  ])("$name", ({ given, want }) => {
    expect(normaliseEntry(given)).toEqual(want);
  });
});
