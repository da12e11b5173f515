/** Events of what people and billing did. Facts in the past, without a secret, never changed afterwards. */
import { sql } from "kysely";
import type { Actor } from "../../ports/fleet-store.ts";
import type { DeviceKey } from "../../model/records.ts";
import type { Trx } from "../transaction.ts";

export type FleetEventType =
  | "DeviceRegistered"
  | "DeviceChanged"
  | "RecordCreated"
  | "RecordChanged"
  | "DesiredChanged"
  | "DesiredEnded"
  | "DeviceSwapped"
  | "ChangeScheduled"
  | "ScheduledChangeDropped"
  | "ScheduledChangeFailed"
  | "CredentialGenerated"
  | "CredentialProven"
  | "ServiceSuspended"
  | "SuspensionChanged"
  | "ServiceResumed"
  | "RevocationWithdrawn"
  | "DeviceHeld"
  | "DeviceReleased"
  | "QuarantineLifted"
  | "FailuresCleared"
  | "ModelReleased"
  | "ReconcileAsked"
  | "MapProvingStarted"
  | "ProbeAsked"
  | "StopBegan"
  | "StopEnded"
  | "TokenCreated"
  | "TokenRotated"
  | "TokenRevoked"
  | "KeyRotationBegan"
  | "KeyRotationEnded"
  | "FindingRead"
  | "FindingDecided"
  | "InventoryChanged"
  | "ResponseShadowed"
  | "ResponseRefused"
  | "ResponseMade"
  | "ResponseUndone"
  | "CredentialRotationAsked"
  | "AaaAsked"
  | "AaaAnswered"
  | "SessionChangeAsked"
  | "WebhookCreated"
  | "WebhookDeleted"
  | "WebhookSecretRotated"
  | "WebhookEnabled"
  | "WebhookDisabled"
  | "WebhookRedelivered";

export interface FleetEvent {
  /** Null: of the fleet as a whole. */
  readonly device: DeviceKey | null;
  readonly type: FleetEventType;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One statement, however many. */
export async function addEvents(
  trx: Trx,
  actor: Actor,
  events: readonly FleetEvent[],
): Promise<void> {
  if (events.length === 0) return;
  await sql`
    insert into events (device, type, actor, token_id, request_id, data)
    select e.device, e.type, ${actor.owner}, nullif(${actor.tokenId}, ''), nullif(${actor.requestId}, ''), e.data
    from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as e(device bigint, type text, data jsonb)`.execute(
    trx,
  );
}
