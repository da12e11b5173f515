/**
 * The ACS itself, without any dialect: devices by serial, live reads, last known values, queued work, power. The SOAP
 * face speaks for it today; a REST face would speak for the same object.
 */
import type { Clock } from "../../lib/time.ts";
import { step, type CpeOp, type CpeReply, type NameValue } from "./cpe.ts";
import { findNode, shownValue } from "./cpe-state.ts";
import {
  applyEvent,
  reachable,
  settle,
  type DeviceEvent,
  type DeviceState,
  type DeviceTiming,
  type Settled,
} from "./device.ts";
import type { FleetDevice } from "./fleet.ts";
import type { Mishap } from "./mishap.ts";
import { unit } from "./random.ts";

/** A device with its present state; `writes` counts the calls that were taken, not their parameters. */
export interface Entry {
  readonly device: FleetDevice;
  readonly number: number;
  state: DeviceState;
  writes: number;
  lastSeenAtMs: number;
}

export type TransactionState =
  | { readonly state: "pending" }
  | { readonly state: "done" }
  | { readonly state: "failed"; readonly code: number; readonly parameters: readonly string[] };

export interface AcsSettings extends DeviceTiming {
  /** Time between the Informs of a CPE that is on. */
  readonly informIntervalMs: number;
  /** The ACS's own delay between taking a write and sending it to the CPE. */
  readonly applyDelayMs: number;
  readonly seed: string;
}

/** Transactions that ended are forgotten beyond this number, oldest first. */
const KEEP_TRANSACTIONS = 50_000;

export class SimulatedAcs {
  readonly entries: readonly Entry[];
  readonly transactions = new Map<number, TransactionState>();
  /** Called with each event that changed something; the state log listens. */
  onEvent: (serial: string, event: DeviceEvent, atMs: number) => void = () => undefined;
  /** Asked at each write of values: true, and the CPE takes this one and does nothing. */
  ignoresNext: () => boolean = () => false;
  /** Asked at each write of values: so long the ACS keeps it back, whatever the CPE is asked meanwhile. ms */
  holdsNext: () => number = () => 0;
  /** Asked at each write of values: what befalls the CPE by this one. A state file does not keep it. */
  mishapOf: (entry: Entry) => Mishap["writes"][number] | undefined = () => undefined;
  readonly #bySerial: ReadonlyMap<string, Entry>;
  readonly #settings: AcsSettings;
  readonly #clock: Clock;
  #nextId: number;

  constructor(fleet: readonly FleetDevice[], settings: AcsSettings, clock: Clock, nextId: number) {
    this.entries = fleet.map((device, index) => ({
      device,
      number: index + 1,
      state: device.initial,
      writes: 0,
      lastSeenAtMs: device.initial.knownAtMs,
    }));
    this.#bySerial = new Map(this.entries.map((entry) => [entry.device.serial, entry]));
    this.#settings = settings;
    this.#clock = clock;
    this.#nextId = nextId;
  }

  get nextId(): number {
    return this.#nextId;
  }

  nowMs(): number {
    return this.#clock.now().getTime();
  }

  /** By serial; OUI and model name only tell apart, as the real service takes them. */
  find(serial: string, oui = "", modelName = ""): Entry | undefined {
    const entry = this.#bySerial.get(serial);
    if (entry === undefined) return undefined;
    const { model } = entry.device;
    if (oui !== "" && oui.toUpperCase() !== model.oui) return undefined;
    if (modelName !== "" && modelName !== (model.modelName || model.productClass)) return undefined;
    return entry;
  }

  byId(id: string): Entry | undefined {
    return this.entries.find((entry) => entry.device.id === id || entry.device.serial === id);
  }

  /** The state as of now: what fell due is done first. */
  look(entry: Entry): DeviceState {
    const settled = settle(entry.state, this.nowMs(), this.#settings);
    entry.state = settled.device;
    this.#conclude(settled.settled);
    return entry.state;
  }

  online(entry: Entry): boolean {
    return reachable(this.look(entry), this.nowMs());
  }

  /** Asks the CPE itself; undefined when it is away. The session that this opens also does the work that waits. */
  readLive(entry: Entry, names: readonly string[]): (CpeReply & { kind: "values" }) | undefined {
    if (!this.online(entry)) return undefined;
    if (entry.state.pending.length > 0) this.happen(entry, { kind: "session" });
    const atMs = this.nowMs();
    if (!reachable(entry.state, atMs)) return undefined;
    const { cpe } = entry.state;
    entry.state = { ...entry.state, known: cpe, knownAtMs: atMs };
    entry.lastSeenAtMs = atMs;
    const { reply } = step(cpe, { kind: "get", names }, atMs);
    return reply.kind === "values" ? reply : undefined;
  }

  /**
   * What the ACS remembers: the CPE as of the last live read, or as it was first met. Coarser than a real one, which
   * remembers each parameter by itself. A value that nobody ever read is null here and in the answer.
   */
  readKnown(entry: Entry, names: readonly string[]): CpeReply & { kind: "values" } {
    const { known, knownAtMs } = this.look(entry);
    const { reply } = step(known, { kind: "get", names }, knownAtMs);
    return reply.kind === "values" ? reply : { kind: "values", values: [], unknown: names };
  }

  /** One value of the ACS's own record; empty when it has none. */
  knownText(entry: Entry, name: string): string {
    const { known, knownAtMs } = entry.state;
    const node = findNode(known, `${entry.device.model.root}.DeviceInfo.${name}`);
    return node === undefined ? "" : (shownValue(known, node, knownAtMs) ?? "");
  }

  /** Takes work and gives its id. Whether the CPE will agree is not known yet, and nobody will be told. */
  queue(entry: Entry, op: CpeOp, push: boolean): number {
    const id = this.#nextId;
    this.#nextId += 1;
    const heldMs = op.kind === "set" ? this.holdsNext() : 0;
    const readyAtMs = this.nowMs() + this.#settings.applyDelayMs + heldMs;
    const dueAtMs = push ? readyAtMs : this.#nextInform(entry, readyAtMs);
    entry.writes += 1;
    if (op.kind === "set" && this.ignoresNext()) {
      this.transactions.set(id, { state: "done" });
      return id;
    }
    const spoilt = this.#spoilt(entry, op);
    if (spoilt !== undefined) {
      this.#conclude([{ id, reply: spoilt }]);
      return id;
    }
    this.transactions.set(id, { state: "pending" });
    this.happen(entry, { kind: "queue", transaction: { id, op, readyAtMs, dueAtMs } });
    return id;
  }

  /** One call of a session that is open now, with the CPE's own word for it; undefined when it is away. */
  perform(entry: Entry, op: CpeOp): CpeReply | undefined {
    if (!this.online(entry)) return undefined;
    const id = this.#nextId;
    this.#nextId += 1;
    const atMs = this.nowMs();
    entry.writes += 1;
    entry.lastSeenAtMs = atMs;
    if (op.kind === "set" && this.ignoresNext())
      return step({ ...entry.state.cpe, ignoresWrites: true }, op, atMs).reply;
    const spoilt = this.#spoilt(entry, op);
    if (spoilt !== undefined) return spoilt;
    this.transactions.set(id, { state: "pending" });
    const transaction = { id, op, readyAtMs: atMs, dueAtMs: atMs };
    return this.happen(entry, { kind: "queue", transaction }).find((each) => each.id === id)?.reply;
  }

  setPower(entry: Entry, on: boolean): boolean {
    if (this.look(entry).powered === on) return false;
    const atMs = this.nowMs();
    entry.lastSeenAtMs = on ? atMs : this.lastSeen(entry);
    this.happen(entry, { kind: "power", on });
    return true;
  }

  tamper(entry: Entry, values: readonly NameValue[]): void {
    this.happen(entry, { kind: "tamper", values });
  }

  /** The last contact: an Inform, a session, or power coming back. ms since 1970. */
  lastSeen(entry: Entry): number {
    if (!entry.state.powered) return entry.lastSeenAtMs;
    const last = this.#nextInform(entry, this.nowMs()) - this.#settings.informIntervalMs;
    return Math.max(entry.lastSeenAtMs, last);
  }

  happen(entry: Entry, event: DeviceEvent, atMs = this.nowMs()): readonly Settled[] {
    const applied = applyEvent(entry.state, event, atMs, this.#settings);
    entry.state = applied.device;
    this.#conclude(applied.settled);
    this.onEvent(entry.device.serial, event, atMs);
    return applied.settled;
  }

  /** Takes in an event of a former process; nothing listens yet. */
  replay(entry: Entry, event: DeviceEvent, atMs: number): void {
    if (event.kind === "queue") {
      const { id } = event.transaction;
      entry.writes += 1;
      this.#nextId = Math.max(this.#nextId, id + 1);
      this.transactions.set(id, { state: "pending" });
    }
    this.happen(entry, event, atMs);
  }

  /** Work that still waits after a restart is known by its id again. */
  remember(state: DeviceState): void {
    for (const { id } of state.pending) this.transactions.set(id, { state: "pending" });
  }

  /** A write that comes to nothing, with what the CPE says of it. */
  #spoilt(entry: Entry, op: CpeOp): CpeReply | undefined {
    const mishap = op.kind === "set" ? this.mishapOf(entry) : undefined;
    if (mishap === undefined || op.kind !== "set") return undefined;
    if ("awayMs" in mishap) {
      entry.state = { ...this.look(entry), awayUntilMs: this.nowMs() + mishap.awayMs };
      return { kind: "done" };
    }
    const { refusedWith: code } = mishap;
    // What is wrong with one parameter stands inside the fault of the whole call.
    const ofParameter = code >= 9005 && code <= 9008;
    const parameters = op.values.slice(0, 1).map(({ path }) => ({ path, code }));
    return ofParameter
      ? { kind: "fault", code: 9003, parameters }
      : { kind: "fault", code, parameters: [] };
  }

  /** Strictly after `atMs`; each CPE has a phase of its own, so that they do not all speak at once. */
  #nextInform(entry: Entry, atMs: number): number {
    const { informIntervalMs, seed } = this.#settings;
    const phase = Math.floor(unit(`${seed}/inform/${entry.device.serial}`) * informIntervalMs);
    return phase + (Math.floor((atMs - phase) / informIntervalMs) + 1) * informIntervalMs;
  }

  #conclude(settled: readonly Settled[]): void {
    for (const { id, reply } of settled) {
      this.transactions.delete(id);
      this.transactions.set(
        id,
        reply.kind === "fault"
          ? {
              state: "failed",
              code: reply.parameters[0]?.code ?? reply.code,
              parameters: reply.parameters.map((each) => each.path),
            }
          : { state: "done" },
      );
    }
    for (const [id, { state }] of this.transactions) {
      if (this.transactions.size <= KEEP_TRANSACTIONS) break;
      if (state !== "pending") this.transactions.delete(id);
    }
  }
}
