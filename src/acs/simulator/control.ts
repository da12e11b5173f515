/**
 * The bench's hands on the simulator, under `/sim/`: what a test or an operator of the bench does that no ACS offers.
 * JSON in and out. Nothing is protected and held passwords are shown: the socket listens on loopback by default.
 */
import { z } from "zod";
import { AppError, messageOf } from "../../lib/errors.ts";
import { parseWith } from "../../lib/schema.ts";
import { isObject } from "../../model/tree/tree.ts";
import { findNode, heldValue, parametersBelow, shownValue } from "./cpe-state.ts";
import type { HttpQuestion, HttpReply } from "./face.ts";
import { FILE_SERVERS } from "./firmware.ts";
import { CONNECTION_REQUESTS } from "./options.ts";
import type { Entry } from "./sim-acs.ts";
import type { SimulatorCore } from "./simulator.ts";
import { injectionSchema } from "./trouble.ts";

const share = z.number().min(0).max(1);

const powerSchema = z.strictObject({
  state: z.enum(["on", "off"]),
  ids: z.array(z.string()).optional(),
  site: z.string().optional(),
  model: z.string().optional(),
  share: share.optional(),
  salt: z.string().optional(),
});

const mishapSchema = z.strictObject({
  model: z.string(),
  writes: z.array(
    z.union([
      z.strictObject({ refusedWith: z.int().min(9000).max(9899) }),
      z.strictObject({ awayMs: z.number().min(0) }),
    ]),
  ),
});

const troubleSchema = z.strictObject({
  latencyMs: z.number().min(0).optional(),
  latencySigma: z.number().min(0).max(3).optional(),
  offlineLatencyMs: z.number().min(0).optional(),
  mixUps: share.optional(),
  ignoredWrites: share.optional(),
  lateWrites: share.optional(),
  lateByMs: z.number().min(0).optional(),
  mishaps: z.array(mishapSchema).optional(),
  connectionRequests: z.enum(CONNECTION_REQUESTS).optional(),
  fileServer: z.enum(FILE_SERVERS).optional(),
});

const valuesSchema = z.record(z.string(), z.string());

function json(value: unknown, status = 200): HttpReply {
  return { status, contentType: "application/json; charset=utf-8", body: JSON.stringify(value) };
}

function bodyOf(question: HttpQuestion): unknown {
  try {
    return JSON.parse(question.body === "" ? "{}" : question.body);
  } catch {
    throw new AppError("malformed_json", "the body is not JSON");
  }
}

function describe(core: SimulatorCore, entry: Entry) {
  const { id, serial, model, site } = entry.device;
  const online = core.acs.online(entry);
  return {
    id,
    oui: model.oui,
    productClass: model.productClass,
    serial,
    model: model.name,
    site,
    online,
    writes: entry.writes,
    pending: entry.state.pending.length,
    boots: entry.state.cpe.boots,
    ignoresWrites: entry.state.cpe.ignoresWrites,
  };
}

/** Every parameter at or below `path`: what a read shows, and what the CPE really holds. */
function parameters(core: SimulatorCore, entry: Entry, path: string) {
  const { cpe } = core.acs.look(entry);
  const atMs = core.acs.nowMs();
  const one = path === "" || path.endsWith(".") ? undefined : findNode(cpe, path);
  const nodes = one === undefined ? parametersBelow(cpe, path) : [one];
  if (path !== "" && one === undefined && findNode(cpe, path) === undefined) {
    throw new AppError("not_found", `this CPE has no parameter ${path}`);
  }
  return nodes.map((node) => ({
    path: node.path,
    type: node.type,
    writable: node.writable,
    value: shownValue(cpe, node, atMs),
    held: heldValue(cpe, node, atMs),
  }));
}

function tamper(core: SimulatorCore, entry: Entry, question: HttpQuestion): HttpReply {
  const values = parseWith(valuesSchema, bodyOf(question), "parameters");
  const { cpe } = core.acs.look(entry);
  for (const path of Object.keys(values)) {
    const node = findNode(cpe, path);
    if (node === undefined || isObject(node)) {
      throw new AppError("not_found", `this CPE has no parameter ${path}`);
    }
  }
  core.acs.tamper(
    entry,
    Object.entries(values).map(([path, value]) => ({ path, value })),
  );
  return json({ changed: Object.keys(values).length });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function ofDevice(core: SimulatorCore, question: HttpQuestion, rest: readonly string[]): HttpReply {
  const [id = "", what] = rest;
  // Ids hold %XX of their own, so the segment is tried as it stands before it is decoded.
  const entry = core.acs.byId(id) ?? core.acs.byId(decoded(id));
  if (entry === undefined) throw new AppError("not_found", `no simulated CPE ${id}`);
  if (what === undefined) return json(describe(core, entry));
  if (what !== "parameters") throw new AppError("not_found", `no ${what} below a device`);
  if (question.method === "PUT") return tamper(core, entry, question);
  return json({ parameters: parameters(core, entry, question.query.get("path") ?? "") });
}

type Route = (core: SimulatorCore, question: HttpQuestion) => HttpReply;

const ROUTES: Readonly<Record<string, Route>> = {
  "GET devices": (core) => json({ devices: core.acs.entries.map((each) => describe(core, each)) }),
  "GET stats": (core) => json(core.stats()),
  "GET calls": (core, { query }) => {
    const limit = Math.min(10_000, Number(query.get("limit") ?? "1000") || 1_000);
    return json({ calls: core.calls.after(Number(query.get("after") ?? "0") || 0, limit) });
  },
  "GET trouble": (core) => json(core.trouble),
  "POST trouble": (core, question) => {
    const change = parseWith(troubleSchema, bodyOf(question), "trouble");
    core.setTrouble(Object.fromEntries(Object.entries(change).filter(([, v]) => v !== undefined)));
    return json(core.trouble);
  },
  "POST power": (core, question) => {
    const { state, ...selector } = parseWith(powerSchema, bodyOf(question), "power");
    return json(core.setPower(state === "on", selector));
  },
  "POST inject": (core, question) => {
    core.inject(parseWith(injectionSchema, bodyOf(question), "injection"));
    return json({ waiting: core.injections.size });
  },
  "DELETE inject": (core) => {
    core.injections.clear();
    return json({ waiting: 0 });
  },
};

/** Answers a path below `/sim/`. Never throws. */
export function control(core: SimulatorCore, question: HttpQuestion): HttpReply {
  const [first = "", ...rest] = question.path.replace(/^\/sim\//, "").split("/");
  try {
    if (first === "devices" && rest.length > 0) return ofDevice(core, question, rest);
    if (first === "transactions") {
      const found = core.acs.transactions.get(Number(rest[0]));
      if (found === undefined) throw new AppError("not_found", "no such transaction");
      return json(found);
    }
    const route = ROUTES[`${question.method} ${first}`];
    if (route === undefined) throw new AppError("not_found", "no such address below /sim/");
    return route(core, question);
  } catch (error) {
    const known = error instanceof AppError ? error : new AppError("internal", messageOf(error));
    return json(
      { code: known.code, message: known.message, problems: known.problems },
      known.status,
    );
  }
}
