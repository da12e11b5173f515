/** Routes of events, findings, and of an ACS. */
import { PROBE_BODY } from "../../service/acs.ts";
import { DECISION_BODY } from "../../service/findings.ts";
import { RESPONSE_BODY } from "../../service/responses.ts";
import { QUERIES } from "../queries.ts";
import { json, optional, type Entries } from "./route.ts";

export const watchedRoutes = {
  "GET /v1/events": {
    tag: "events",
    summary: "Read what happened, in the order of commits",
    notes:
      "Send `next` as `after` to go on; nothing is passed over. Kept for 90 days. Events of tokens, keys and webhooks " +
      "are for `audit:read`.",
    scopes: ["devices:read"],
    query: QUERIES.events,
    answers: { 200: { says: "A page, oldest first.", body: "Events" } },
    problems: ["before_history"],
  },
  "GET /v1/watch": {
    tag: "events",
    summary: "Follow what happens, as Server-Sent Events",
    notes:
      "`id` is where to go on from, `data` an event as in the list. A comment comes each 15 s. `event: resync` says " +
      "that what came between is not kept.",
    scopes: ["devices:read"],
    query: QUERIES.events,
    headers: ["Last-Event-ID"],
    answers: { 200: { says: "The stream.", type: "text/event-stream" } },
    problems: ["busy"],
  },
  "GET /v1/findings": {
    tag: "findings",
    summary: "List findings by pages",
    scopes: ["findings:read"],
    query: QUERIES.findings,
    answers: {
      200: {
        says: "A page, and what stood before anybody looked.",
        body: "Findings",
        headers: ["Link"],
      },
    },
  },
  "GET /v1/findings/:id{[0-9]{1,15}}": {
    tag: "findings",
    summary: "Read a finding with its evidence",
    notes: "Who reads it is written down: it ties a line to a customer.",
    scopes: ["findings:read"],
    answers: { 200: { says: "The finding.", body: "FindingDetail" } },
    problems: ["not_found"],
  },
  "POST /v1/findings/:id{[0-9]{1,15}}/decide": {
    tag: "findings",
    summary: "Decide what a finding is",
    scopes: ["findings:decide"],
    body: json(DECISION_BODY, { as: "swap", reason: "ticket 4711: the CPE was replaced" }),
    answers: { 200: { says: "The finding with the decision.", body: "FindingDetail" } },
    problems: ["not_found", "finding_closed"],
  },
  "POST /v1/findings/:id{[0-9]{1,15}}/respond": {
    tag: "findings",
    summary: "Do something about a finding, by a person's order",
    notes:
      "A new password is asked of its owner, sessions of other boxes are ended at the AAA, or the service is suspended. " +
      "A device that is labelled `protected` is never cut.",
    scopes: ["findings:decide"],
    body: json(RESPONSE_BODY, { step: "suspend", reason: "case 4411" }),
    answers: { 200: { says: "What was ordered, and how far it is.", body: "Response" } },
    problems: ["not_found", "finding_closed", "response_refused"],
  },
  "POST /v1/findings/:id{[0-9]{1,15}}/responses/:response{[0-9]{1,15}}/undo": {
    tag: "findings",
    summary: "Take a response back, where that is possible",
    scopes: ["findings:decide"],
    answers: { 200: { says: "The response, taken back.", body: "Response" } },
    problems: ["not_found", "response_refused"],
  },
  "GET /v1/devices/:id/aaa": {
    tag: "service",
    summary: "See the sessions of a device's service, and what was asked of the AAA about it",
    scopes: ["devices:read"],
    answers: {
      200: {
        says: "Newest first. A session that is `admitted` began while the service was suspended.",
        body: "AaaRequests",
      },
    },
    problems: ["not_found"],
  },
  "GET /v1/acs/:name/status": {
    tag: "acs",
    summary: "See how an ACS stands",
    scopes: ["devices:read"],
    answers: { 200: { says: "Its holder, its figures, what it cannot do.", body: "AcsStatus" } },
    problems: ["not_found"],
  },
  "GET /v1/acs/:name/calls": {
    tag: "acs",
    summary: "Read the last calls to an ACS",
    scopes: ["devices:read"],
    query: QUERIES.calls,
    answers: { 200: { says: "Newest first; there are no more pages.", body: "AcsCallPage" } },
    problems: ["not_found"],
  },
  "POST /v1/acs/:name/probe": {
    tag: "acs",
    summary: "Measure how many calls at once an ACS answers rightly",
    notes: "By reading only.",
    scopes: ["admin"],
    body: optional(PROBE_BODY, { sample: 20, upTo: 4 }),
    answers: {
      202: { says: "It waits for the holder of the ACS.", body: "Probe", headers: ["Location"] },
    },
    problems: ["not_found"],
  },
  "GET /v1/acs/:name/requests/:id{[0-9]{1,15}}": {
    tag: "acs",
    summary: "Read a measurement",
    scopes: ["devices:read"],
    answers: { 200: { says: "How far it is, and its result.", body: "Probe" } },
    problems: ["not_found"],
  },
} as const satisfies Entries;
