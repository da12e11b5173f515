/** What is said of a route before it exists: all that the document of the API and its pages are made of. */
import type { z } from "zod";
import type { ErrorCode } from "../../lib/errors.ts";
import type { AnswerName, Answers } from "../../model/api-answers.ts";
import type { Scope } from "../../service/access.ts";

/** Groups of routes, in the order of the pages. */
export const TAGS = {
  desired: "Desired state: what billing wants of a CPE",
  service: "The service beside it: suspend, swap, rotate",
  devices: "Devices, and what holds them",
  fleet: "The fleet: records, stops, imports",
  events: "What happened",
  findings: "Misuse of credentials",
  inventory: "What the rules of misuse are told of network and services",
  acs: "An ACS, its calls, its limits",
  webhooks: "Webhooks",
  access: "Tokens and keys",
  radius: "RADIUS records",
  server: "The server itself",
} as const;

export type Tag = keyof typeof TAGS;

export type RequestHeader = "If-Match" | "If-None-Match" | "Prefer" | "Last-Event-ID";
export type AnswerHeader =
  "ETag" | "Location" | "Link" | "Preference-Applied" | "Retry-After" | "Accept-Patch";

type Json = Readonly<Record<string, unknown>>;

/** One way of sending a body. */
export interface BodyForm {
  /** The schema that checks it; a JSON Schema where that is none of zod's. */
  readonly schema: z.ZodType | Json;
  /** As a text where it is no JSON. Never a secret of anybody. */
  readonly example: unknown;
}

export interface RouteAnswer {
  /** When it comes. */
  readonly says: string;
  /** Left out: it has no body, or one that is no JSON. */
  readonly body?: AnswerName;
  /** Of a body that is no JSON. */
  readonly type?: string;
  readonly headers?: readonly AnswerHeader[];
}

export interface RouteEntry {
  readonly tag: Tag;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly notes?: string;
  /** One of them is needed, and `admin` is always enough. Left out: no token is asked for. */
  readonly scopes?: readonly Scope[];
  readonly query?: Readonly<Record<string, z.ZodType>>;
  readonly headers?: readonly RequestHeader[];
  /** By media type. */
  readonly body?: {
    readonly required: boolean;
    readonly forms: Readonly<Record<string, BodyForm>>;
  };
  /** By status. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** Beside those that every route of its kind has. */
  readonly problems?: readonly ErrorCode[];
}

export type Entries = Readonly<Record<string, RouteEntry>>;

export type Examples = { readonly [Name in AnswerName]?: Answers[Name] };

/** A body of JSON that has to be there. */
export function json(
  schema: BodyForm["schema"],
  example: unknown,
): NonNullable<RouteEntry["body"]> {
  return { required: true, forms: { "application/json": { schema, example } } };
}

/** Nothing sent counts as an empty object. */
export function optional(
  schema: BodyForm["schema"],
  example: unknown,
): NonNullable<RouteEntry["body"]> {
  return { ...json(schema, example), required: false };
}
