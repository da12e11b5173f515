/**
 * `FraudPolicy`: which rules of misuse are asked, and which names are shared on purpose. There is one, named `default`;
 * without it the rules that are on by default are asked, and nothing acts by itself. What `responses` switches on first
 * spends 30 days in shadow, for each pattern, and then acts within caps that no policy can raise.
 */
import { z } from "zod";
import type { Problem } from "../../lib/errors.ts";
import type { KindDef, Metadata } from "./kind.ts";
import { line } from "./parts.ts";

const pattern = z
  .string()
  .regex(/^P(?:0[1-9]|1[0-9]|20)$/, "must be a pattern of the catalogue, P01 to P20");

const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "must be 64 hex digits, as a finding of P10 names the secret")
  .meta({
    description:
      "In place of a name: a secret that CPEs show, as its finding names it; never the secret",
  });

const listed = z.strictObject({
  username: line(255)
    .optional()
    .meta({ description: "User name, with or without its realm; no password" }),
  realm: line(255).optional(),
  fingerprint: fingerprint.optional(),
  kind: z
    .enum(["installer", "parking", "bootstrap", "probe", "default"])
    .meta({ description: "default: a factory name, which is a finding itself (P09)" }),
  until: z.iso
    .datetime({ offset: true, error: "must be a moment like 2026-12-01T06:00:00Z" })
    .optional()
    .meta({ description: "Shared on purpose until then; an installer's name should have an end" }),
});

/** A name, or the fingerprint of a secret. */
const oneThing = listed.refine(
  ({ username, realm, fingerprint: secret }) =>
    secret === undefined ? username !== undefined : username === undefined && realm === undefined,
  "must have a username or a fingerprint, not both",
);

const patterns = z
  .array(pattern)
  .refine((named) => new Set(named).size === named.length, "names a pattern twice")
  .default([]);

const spec = z.strictObject({
  detection: z
    .boolean()
    .default(true)
    .meta({ description: "false: records and reads are stored, and nothing is looked for" }),
  rules: z
    .record(pattern, z.strictObject({ enabled: z.boolean() }))
    .default({})
    .meta({ description: "By pattern; on by default are P01, P05, P06, P08, P09 and P11" }),
  listed: z
    .array(oneThing)
    .max(1_000)
    .default([])
    .meta({ description: "What many boxes share on purpose, or what is a known default" }),
  people: z.array(line(64)).max(1_000).default([]).meta({
    description: "Owners of tokens that are persons: P18 asks what they did, and of nobody else",
  }),
  responses: z
    .strictObject({
      rotate: patterns.meta({
        description: "The owner of the credential is asked for a new password",
      }),
      disconnect: patterns.meta({
        description: "Sessions on boxes that are not the bound one are ended",
      }),
    })
    .prefault({})
    .meta({
      description:
        "What is done by itself about confirmed findings of these patterns, after 30 days in shadow; suspending is a person's",
    }),
});

export type FraudPolicySpec = z.output<typeof spec>;

export const fraudPolicy: KindDef<"FraudPolicy", FraudPolicySpec> = {
  kind: "FraudPolicy",
  path: "fraudpolicies",
  meaning: "which misuse of credentials is looked for, and which names are shared on purpose",
  spec,
  check({ name }: Metadata): readonly Problem[] {
    if (name === "default") return [];
    const message = "must be default: there is one policy for the installation";
    return [{ pointer: "/metadata/name", code: "invalid", message }];
  },
};
