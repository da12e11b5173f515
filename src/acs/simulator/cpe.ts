/**
 * One CPE as a state machine: `step(state, operation, time)` gives the next state and the reply. Pure: the same calls
 * give the same CPE, so a fleet can be replayed from a log. Never throws, whatever is asked.
 *
 * Faults are those of CWMP (TR-069, table of fault codes): 9003 invalid arguments (wraps the faults of single
 * parameters), 9004 resources exceeded, 9005 invalid parameter name, 9006 not a text of the type, 9007 invalid value, 9008
 * not writable.
 */
import { isObject, type TreeNode } from "../../model/tree/tree.ts";
import { canonical } from "../../model/tree/lexical.ts";
import { isCommand } from "./hidden.ts";
import { findNode, parametersBelow, shownValue, type CpeState, type Overlay } from "./cpe-state.ts";
import { addRow, deleteRow, insertRule, roleOf, writeRule, type Draft } from "./rows.ts";
import type { CpeModel } from "./cpe-model.ts";

export interface NameValue {
  readonly path: string;
  readonly value: string;
}

export type CpeOp =
  /** Full names and partial paths (ending in a dot; empty: everything). */
  | { readonly kind: "get"; readonly names: readonly string[] }
  /** SetParameterValues: whole or nothing. */
  | { readonly kind: "set"; readonly values: readonly NameValue[] }
  | { readonly kind: "addObject"; readonly table: string }
  | { readonly kind: "deleteObject"; readonly row: string }
  | { readonly kind: "reboot" }
  | { readonly kind: "factoryReset" }
  /** It begins to fetch a file. `version`: of the firmware in it; null keeps what runs. `fault`: what it meets instead. */
  | {
      readonly kind: "download";
      readonly url: string;
      readonly version: string | null;
      readonly fault: number | null;
    }
  /** The file is there: it is written, and the CPE boots. */
  | { readonly kind: "flash"; readonly version: string | null }
  /** A hand at the device itself: no access rights, no types; unknown names are passed over. */
  | { readonly kind: "tamper"; readonly values: readonly NameValue[] };

interface ShownValue {
  readonly path: string;
  /** Null: its source tree was never read, so nobody knows what the real CPE would say. */
  readonly value: string | null;
}

interface ParameterFault {
  readonly path: string;
  readonly code: number;
}

export type CpeReply =
  /**
   * `unknown`: names that do not exist. A CPE faults the whole call for one of them and an ACS then asks name by name;
   * both steps are one here.
   */
  | {
      readonly kind: "values";
      readonly values: readonly ShownValue[];
      readonly unknown: readonly string[];
    }
  | { readonly kind: "done" }
  | { readonly kind: "added"; readonly instance: number }
  | {
      readonly kind: "fault";
      readonly code: number;
      readonly parameters: readonly ParameterFault[];
    };

export interface Step {
  readonly state: CpeState;
  readonly reply: CpeReply;
}

/** The user name that a CPE of ours shows after a factory reset. Invented: no tree was recorded after one. */
const FACTORY_USER = "factory";
const FACTORY_REALM = "isp.example";

/** Overlay that gives a CPE a subscriber's credential, wherever its model keeps it; empty if nobody knows where. */
export function credentialOverlay(
  model: CpeModel,
  credential: { readonly user: string; readonly realm: string; readonly password: string },
): Overlay {
  const home = model.credential;
  if (home === null) return new Map();
  const { user, realm, password } = credential;
  const values: NameValue[] =
    home.kind === "joined"
      ? [{ path: home.user, value: `${user}@${realm}` }]
      : [
          { path: home.user, value: user },
          { path: home.realm, value: realm },
        ];
  values.push({ path: home.password, value: password });
  return new Map(
    values.flatMap(({ path, value }) => {
      const node = model.nodes.get(path);
      return node === undefined ? [] : [[path, { ...node, value }] as const];
    }),
  );
}

const fault = (code: number, parameters: readonly ParameterFault[] = []): CpeReply => ({
  kind: "fault",
  code,
  parameters,
});

function get(state: CpeState, names: readonly string[], atMs: number): CpeReply {
  const values: ShownValue[] = [];
  const unknown: string[] = [];
  const show = (node: TreeNode): void => {
    values.push({ path: node.path, value: shownValue(state, node, atMs) });
  };
  for (const name of names) {
    const node = name === "" ? undefined : findNode(state, name);
    if (node !== undefined && !isObject(node)) show(node);
    else if (name === "" || node !== undefined) parametersBelow(state, name).forEach(show);
    else unknown.push(name);
  }
  return { kind: "values", values, unknown };
}

/** Writes one value into the draft. @returns a fault code, or 0 */
function write(state: CpeState, draft: Draft, { path, value }: NameValue): number {
  const node = findNode({ ...state, overlay: draft }, path);
  if (node === undefined || isObject(node)) return 9005;
  if (!node.writable) return 9008;
  const { trigger } = state.model;
  const role = roleOf(trigger, path);
  if (role === "trigger" && trigger !== null) {
    const inserted = insertRule(state, draft, trigger, value);
    return inserted === "full" ? 9004 : inserted ? 0 : 9007;
  }
  if (role === "row") return writeRule(state, draft, node, value) ? 0 : 9007;
  const text = canonical(node.type, value);
  if (text === undefined) return 9006;
  if (!isCommand(node)) draft.set(path, { ...node, value: text });
  return 0;
}

function set(state: CpeState, values: readonly NameValue[]): Step {
  const names = new Set(values.map((each) => each.path));
  if (names.size !== values.length) return { state, reply: fault(9003) };
  const draft: Draft = new Map(state.overlay);
  const faults = values
    .map((each) => ({ path: each.path, code: write(state, draft, each) }))
    .filter((each) => each.code !== 0);
  if (faults.length > 0) return { state, reply: fault(9003, faults) };
  return {
    state: state.ignoresWrites ? state : { ...state, overlay: draft },
    reply: { kind: "done" },
  };
}

function changeRows(state: CpeState, op: CpeOp & { kind: "addObject" | "deleteObject" }): Step {
  const path = op.kind === "addObject" ? op.table : op.row;
  const node = findNode(state, path);
  if (node === undefined || !isObject(node)) return { state, reply: fault(9005) };
  const isRow = /\.\d+\.$/.test(path);
  if (!node.writable || isRow !== (op.kind === "deleteObject"))
    return { state, reply: fault(9003) };
  const draft: Draft = new Map(state.overlay);
  const reply: CpeReply =
    op.kind === "addObject"
      ? { kind: "added", instance: addRow(state, draft, path) }
      : { kind: "done" };
  if (op.kind === "deleteObject") deleteRow(state, draft, path);
  return { state: state.ignoresWrites ? state : { ...state, overlay: draft }, reply };
}

function tamper(state: CpeState, values: readonly NameValue[]): Step {
  const draft: Draft = new Map(state.overlay);
  for (const { path, value } of values) {
    const node = findNode(state, path);
    if (node !== undefined && !isObject(node)) draft.set(path, { ...node, value });
  }
  return { state: { ...state, overlay: draft }, reply: { kind: "done" } };
}

function flash(state: CpeState, version: string | null, atMs: number): Step {
  const kind = state.flash === "resets" ? "factoryReset" : "reboot";
  const booted = step({ ...state, flashes: state.flashes + 1 }, { kind }, atMs);
  if (state.flash === "never-returns") {
    return { ...booted, state: { ...booted.state, dead: true } };
  }
  const path = `${state.model.root}.DeviceInfo.SoftwareVersion`;
  if (version === null || state.flash === "not-taken") return booted;
  return { ...booted, state: tamper(booted.state, [{ path, value: version }]).state };
}

/** @param atMs wall clock, ms since 1970 */
export function step(state: CpeState, op: CpeOp, atMs: number): Step {
  switch (op.kind) {
    case "get":
      return { state, reply: get(state, op.names, atMs) };
    case "set":
      return set(state, op.values);
    case "addObject":
    case "deleteObject":
      return changeRows(state, op);
    case "tamper":
      return tamper(state, op.values);
    case "download":
      // 9013: a protocol that is not supported.
      if (!/^https?:\/\/./.test(op.url)) return { state, reply: fault(9013) };
      return { state, reply: op.fault === null ? { kind: "done" } : fault(op.fault) };
    case "flash":
      return flash(state, op.version, atMs);
    case "reboot":
      return {
        state: { ...state, bootedAtMs: atMs, boots: state.boots + 1 },
        reply: { kind: "done" },
      };
    case "factoryReset": {
      const overlay = credentialOverlay(state.model, {
        user: FACTORY_USER,
        realm: FACTORY_REALM,
        password: FACTORY_USER,
      });
      const { boots, resets } = state;
      return {
        state: { ...state, overlay, bootedAtMs: atMs, boots: boots + 1, resets: resets + 1 },
        reply: { kind: "done" },
      };
    }
  }
}
