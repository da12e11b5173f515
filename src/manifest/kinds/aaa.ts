/**
 * `Aaa`: who ends or changes the sessions of one NAS, or of several, by RFC 5176. Suspensions and responses to misuse act
 * through it; without one that answers for a NAS, an event asks whoever listens.
 */
import { z } from "zod";
import type { KindDef } from "./kind.ts";
import { duration, line, secretRef } from "./parts.ts";

const SECOND = 1_000;

const filterId = line(253);

const spec = z.strictObject({
  address: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.:-]*[A-Za-z0-9])?$/, "must be a host name or an IP address")
    .meta({ description: "Of the NAS, or of a RADIUS server that passes requests on to it" }),
  port: z.int().min(1).max(65_535).default(3799).meta({ description: "UDP port" }),
  secret: secretRef.meta({
    description: "Shared with it: {env: PLUMB_SECRET_NAME} or {file: NAME}",
  }),
  nas: z.array(line(253)).min(1).max(1_000).optional().meta({
    description:
      "NAS-Identifiers and NAS addresses that it answers for; left out: those that no other record names",
  }),
  attempts: z
    .int()
    .min(1)
    .max(5)
    .default(3)
    .meta({ description: "Packets at most, each a repeat of the first" }),
  timeout: duration(100, 5 * SECOND)
    .prefault("2s")
    .meta({ description: "Until the first repeat; each further one waits twice as long" }),
  settle: duration(0, 600 * SECOND)
    .prefault("5s")
    .meta({
      description:
        "How long the AAA has to hear of a suspension before the session is ended: it must refuse the next login",
    }),
  requireMessageAuthenticator: z
    .boolean()
    .default(false)
    .meta({ description: "true: an answer without one is none; set it where the NAS sends one" }),
  filterIds: z.strictObject({ suspended: filterId, active: filterId }).optional().meta({
    description:
      "With these a suspended session is moved by a CoA with Filter-Id, and moved back; without, it is ended",
  }),
});

export type AaaSpec = z.output<typeof spec>;

export const aaa: KindDef<"Aaa", AaaSpec> = {
  kind: "Aaa",
  path: "aaa",
  meaning: "who ends or changes sessions at a NAS, by RFC 5176: where it is, its secret",
  spec,
};
