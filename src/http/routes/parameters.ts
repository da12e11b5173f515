/** Headers and parts of paths that routes share, in words. */
import type { AnswerHeader, RequestHeader } from "./route.ts";

interface Said {
  readonly says: string;
  readonly example: string;
}

export const REQUEST_HEADERS: { readonly [Name in RequestHeader]: Said } = {
  "If-Match": {
    says: "The `ETag` that the change is based on, or `*`. Another one now: 412.",
    example: '"g3"',
  },
  "If-None-Match": {
    says: "On GET: the `ETag` that you have. On PUT and PATCH only `*`: create, but do not change.",
    example: '"g3"',
  },
  Prefer: {
    says: "`wait=N`: wait N seconds, at most 60, until the CPE shows it.",
    example: "wait=20",
  },
  "Last-Event-ID": {
    says: "The `id` of the last event; wins over `after`.",
    example: "4711",
  },
};

/** On any POST below `/v1`, except where RADIUS is taken in. */
export const IDEMPOTENCY_KEY: Said = {
  says:
    "1 to 255 printable characters. The same key with the same request gets the first answer again for 72 hours, with " +
    "`Idempotency-Replayed: true`; with another request it is 422.",
  example: "order-4711-1",
};

export const REQUEST_ID: Said = {
  says: "1 to 64 letters, digits and `._:-`; it comes back, and stands in logs and history. Else one is made.",
  example: "01JD8Z3YQK7T2V9M4X6B5N0PCA",
};

export const ANSWER_HEADERS: { readonly [Name in AnswerHeader]: Said } = {
  ETag: {
    says: "The generation of the document, for `If-Match` and `If-None-Match`.",
    example: '"g3"',
  },
  Location: {
    says: "Where it can be followed.",
    example: "/v1/operations/op_WzEsMywiYmlsbGluZyJd",
  },
  Link: {
    says: 'The next page, as `rel="next"`.',
    example: '</v1/devices?cursor=ZDE6MQ>; rel="next"',
  },
  "Preference-Applied": { says: "The wait that was taken.", example: "wait=20" },
  "Retry-After": { says: "Seconds until it is worth asking again.", example: "5" },
  "Accept-Patch": {
    says: "The forms of a patch.",
    example: "application/merge-patch+json, application/json-patch+json",
  },
};

/** By what stands before it in the path. */
export const PATH_PARTS: Readonly<Record<string, Said>> = {
  "/v1/devices/{id}": {
    says: "A device by its id, name, serial or ref.",
    example: "CPE-0417",
  },
  "/v1/operations/{id}": { says: "As `Location` gave it.", example: "op_WzEsMywiYmlsbGluZyJd" },
  "/v1/findings/{id}": { says: "The number of a finding.", example: "12" },
  "/v1/inventory/{kind}": { says: "A kind of inventory.", example: "lines" },
  "/v1/inventory/{kind}/{key}": {
    says: "The `key` of an item, as the list has it.",
    example: "bng-jhb-1|olt1/1/3:1001",
  },
  "/v1/webhooks/{id}": { says: "The id of a webhook.", example: "wh_5f2a9c01d3e4" },
  "/v1/tokens/{id}": { says: "The part of a token between the underscores.", example: "4fZ2kQw9a" },
  "/v1/acs/{name}/requests/{id}": { says: "The number of a measurement.", example: "7" },
};
/** Of any record. */
export const RECORD_NAME: Said = { says: "The name of a record.", example: "main" };
