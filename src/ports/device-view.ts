/** One device as lists show it. */
import type { DeviceFacts, DeviceId, DeviceIdentity } from "../model/device.ts";
import type { DeviceReach } from "../model/records.ts";
import type { Condition, Reason, State } from "../model/status.ts";

export interface DeviceView {
  readonly id: DeviceId;
  readonly name: string;
  readonly identity: DeviceIdentity;
  readonly acs: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly facts: DeviceFacts | null;
  readonly state: State;
  readonly reason: Reason;
  readonly message: string;
  readonly since: Date;
  readonly nextAt: Date | null;
  readonly contactAt: Date | null;
  readonly reach: DeviceReach["kind"];
  readonly convergedAt: Date | null;
  readonly conditions: readonly Condition[];
  readonly hold: Readonly<Record<string, unknown>> | null;
}
