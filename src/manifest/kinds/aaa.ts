/**
 * `Aaa`: the RADIUS side of an installation. Who ends or changes the sessions of one NAS, or of several, by RFC 5176:
 * suspensions and responses to misuse act through it; without one that answers for a NAS, an event asks whoever listens.
 * And where a login can be tried (`login`), so that a password of our own making is proven before a CPE gets it.
 */
import { z } from "zod";
import type { Problem } from "../../lib/errors.ts";
import type { KindDef, Metadata } from "./kind.ts";
import { duration, line, secretRef } from "./parts.ts";

const SECOND = 1_000;

const filterId = line(253);

const host = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.:-]*[A-Za-z0-9])?$/, "must be a host name or an IP address");

const login = z.strictObject({
  address: host.meta({ description: "Of the RADIUS server that logins are sent to" }),
  port: z.int().min(1).max(65_535).default(1812).meta({ description: "UDP port" }),
  secret: secretRef.meta({
    description: "Shared with it, for us as a client: {env: PLUMB_SECRET_NAME} or {file: NAME}",
  }),
  nasIdentifier: line(253)
    .default("plumbline")
    .meta({ description: "What we are called there, for its own rules about such logins" }),
  method: z
    .enum(["pap", "chap"])
    .default("pap")
    .meta({ description: "chap: the server must keep passwords in clear. EAP cannot be tried" }),
  realms: z.array(line(253)).min(1).max(1_000).optional().meta({
    description: "Of user names that it knows; left out: those that no other record names",
  }),
  attempts: z.int().min(1).max(5).default(3).meta({ description: "Packets at most" }),
  timeout: duration(100, 5 * SECOND)
    .prefault("1s")
    .meta({ description: "Until the first repeat; each further one waits twice as long" }),
  requireMessageAuthenticator: z.boolean().default(false).meta({
    description: "true: an answer without one is none; set it where the server sends one",
  }),
});

const spec = z.strictObject({
  address: host.optional().meta({
    description:
      "Of the NAS, or of a RADIUS server that passes requests on to it; left out, with secret: it ends no sessions",
  }),
  port: z.int().min(1).max(65_535).default(3799).meta({ description: "UDP port" }),
  secret: secretRef.optional().meta({
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
  login: login.optional().meta({
    description: "Where a login with a new password of ours is tried, before a CPE is given it",
  }),
});

export type AaaSpec = z.output<typeof spec>;

export const aaa: KindDef<"Aaa", AaaSpec> = {
  kind: "Aaa",
  path: "aaa",
  meaning: "who ends or changes sessions at a NAS, by RFC 5176, and where a login can be tried",
  spec,
  check(_: Metadata, { address, secret, login: tried }: AaaSpec): readonly Problem[] {
    const missing = (name: string, message: string): Problem[] => [
      { pointer: `/spec/${name}`, code: "missing", message },
    ];
    if (address !== undefined && secret === undefined)
      return missing("secret", "address and secret belong together");
    if (address === undefined && secret !== undefined)
      return missing("address", "address and secret belong together");
    if (address === undefined && tried === undefined)
      return missing("address", "says neither where sessions are ended nor where a login is tried");
    return [];
  },
};
