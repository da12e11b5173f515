/** What a pass is handed: the ports, the maps, the clock and the lease it works under. */
import type { Clock } from "../lib/time.ts";
import type { MapSet } from "../mapping/mapper.ts";
import type { DeviceId } from "../model/device.ts";
import type { AcsSettings } from "../model/acs-settings.ts";
import type { Acs, AcsDevice, AnswerFault } from "../ports/acs.ts";
import type { EngineStore, Lease } from "../ports/engine-store.ts";
import type { Telemetry } from "../ports/telemetry.ts";

export interface Deps {
  readonly acs: Acs;
  readonly store: EngineStore;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** The set as it stands now; a pass that outlives a change of maps selects again at its next read. */
  readonly maps: () => MapSet;
  /** Of the records that `maps` was last made of, or refused for. */
  readonly mapsVersion: () => string;
  /** The version of this program. */
  readonly release: string;
  readonly settings: () => AcsSettings;
  readonly lease: () => Lease;
  /** Is the device inside the scope of the ACS record? */
  readonly inScope: (device: AcsDevice) => boolean;
  /** Counts what was wrong with the last answer under a change, and keeps its evidence. */
  readonly fault: (name: AnswerFault, changeId: string, detail: string) => void;
  /**
   * So much of the ACS's time went to a device that is away: it counts as a probe, whatever it was meant to be (I9), and
   * the last call under this change says nothing of how fast the ACS is.
   */
  readonly away: (ms: number, changeId: string) => void;
  /** CPEs that answered when they were last read do so again, as a rule: a read need not ask first. */
  readonly surelyThere: () => boolean;
  /** An answer went astray: whoever was asked at the same time is read before it is believed again (I2). */
  readonly astray: (id: DeviceId, why: string) => Promise<void>;
}
