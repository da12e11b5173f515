/** Who was asked beside whom: where an answer went astray, the answers of these may be somebody else's as well. Pure. */
import type { DeviceId } from "../model/device.ts";

/** Only recent ones are ever asked about. */
const KEPT = 1_000;

export class Neighbours {
  /** Devices whose calls were in flight beside the last call of a device, or right before it. */
  readonly #beside = new Map<DeviceId, Set<DeviceId>>();
  readonly #asking = new Set<DeviceId>();
  #lastAsked: DeviceId | null = null;

  asked(id: DeviceId): void {
    const beside = new Set(this.#asking);
    if (this.#lastAsked !== null) beside.add(this.#lastAsked);
    for (const other of this.#asking) this.#beside.get(other)?.add(id);
    this.#beside.set(id, beside);
    this.#asking.add(id);
    if (this.#beside.size > KEPT) this.#beside.delete(this.#beside.keys().next().value ?? "");
  }

  ended(id: DeviceId): void {
    this.#asking.delete(id);
    this.#lastAsked = id;
  }

  of(id: DeviceId): DeviceId[] {
    return [...(this.#beside.get(id) ?? [])].filter((other) => other !== id);
  }
}
