/** From the port's views to what the API says. Every member is named here, so that nothing gets out by being added. */
import type {
  ApiCredentialSides,
  ApiDesiredPlan,
  ApiDevice,
  ApiDeviceDetail,
  ApiDocument,
  ApiRecord,
  ApiScheduled,
  ApiServiceState,
  ApiStatus,
} from "../model/api.ts";
import type { DeviceDetail, DeviceView, DocumentView, StoredRecord } from "../ports/fleet-store.ts";
import type { CredentialSides, DocumentResult, ScheduledView } from "../ports/document-store.ts";
import type { Suspension } from "../ports/suspension-store.ts";
import type { DesiredPlan } from "../service/desired-plan.ts";
import { API_VERSION } from "../service/manifests.ts";

function text(at: Date): string;
function text(at: Date | null): string | null;
function text(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}

export function statusOf(view: DeviceView): ApiStatus {
  return {
    state: view.state,
    reason: view.reason,
    message: view.message,
    since: text(view.since),
    nextAt: text(view.nextAt),
    contactAt: text(view.contactAt),
    reach: view.reach,
    convergedAt: text(view.convergedAt),
  };
}

export function deviceOf(view: DeviceView): ApiDevice {
  const self = `/v1/devices/${encodeURIComponent(view.id)}`;
  const { id, name, identity, acs, labels, facts, conditions, hold } = view;
  return {
    ...{ id, name, identity, acs, labels, facts },
    status: statusOf(view),
    ...{ conditions, hold },
    links: { self, desired: `${self}/desired` },
  };
}

export function detailOf(view: DeviceDetail): ApiDeviceDetail {
  const { observation, work } = view;
  return {
    ...deviceOf(view),
    desired: view.effective,
    documents: view.documents.map(
      ({ writer, generation, fields, changedAt, endedAt, scheduled, sides }) => ({
        ...{ writer, generation, fields },
        changedAt: text(changedAt),
        endedAt: text(endedAt),
        scheduled: scheduled == null ? null : laterOf(scheduled),
        credential: sides == null ? null : sidesOf(sides),
      }),
    ),
    observed:
      observation === null
        ? null
        : {
            readAt: text(observation.readAt),
            map: { name: observation.mapName, hash: observation.mapHash },
            values: observation.entries.map(({ logical, entry }) => ({ logical, entry })),
          },
    work:
      work === null
        ? null
        : { class: work.class, dueAt: text(work.dueAt), reason: work.reason, ahead: work.ahead },
    openIntents: view.openIntents,
    owedRevocations: view.owedRevocations.map(({ username, since }) => ({
      username,
      since: text(since),
    })),
    events: view.events,
  };
}

function laterOf({ effectiveAt, action, fields, failure }: ScheduledView): ApiScheduled {
  return { effectiveAt: text(effectiveAt), action, fields, failure };
}

function sidesOf({ aaa, cpe, waiting }: CredentialSides): ApiCredentialSides {
  const at = text(cpe.provenAt);
  return {
    aaa: { version: aaa.version, proof: aaa.proof, by: aaa.by, at: text(aaa.at) },
    cpe: { state: at === null ? "waiting" : "shown", at },
    next: waiting === null ? null : { version: waiting.version, since: text(waiting.since) },
  };
}

export function serviceOf(standing: readonly Suspension[]): ApiServiceState {
  const state = standing.length === 0 ? "active" : "suspended";
  const reasons = standing.map(({ reason, owner, since }) => ({
    ...{ reason, owner },
    since: text(since),
  }));
  return { state, reasons };
}

function planOf({ basis, fields, hash, calls, steps }: DesiredPlan): ApiDesiredPlan {
  const shown = basis === null ? null : { ...basis, readAt: text(basis.readAt) };
  return { basis: shown, fields, hash, calls, steps };
}

export function documentOf(
  device: string,
  view: DocumentView,
  more: {
    readonly status?: NonNullable<ApiDocument["status"]>;
    readonly change?: DocumentResult["change"];
    readonly dryRun?: boolean;
    readonly plan?: DesiredPlan | null;
    readonly service?: readonly Suspension[];
    readonly sides?: CredentialSides | null;
  } = {},
): ApiDocument {
  const { writer, generation, changedAt, endedAt, fields } = view;
  return {
    ...fields,
    document: {
      ...{ device, writer, generation },
      changedAt: text(changedAt),
      endedAt: text(endedAt),
      ...(view.scheduled == null ? {} : { scheduled: laterOf(view.scheduled) }),
      ...(more.change === undefined ? {} : { change: more.change }),
      ...(more.dryRun === true ? { dryRun: true } : {}),
      ...(more.service === undefined ? {} : { service: serviceOf(more.service) }),
      ...(more.sides == null ? {} : { credential: sidesOf(more.sides) }),
    },
    ...(more.status === undefined ? {} : { status: more.status }),
    ...(more.plan == null ? {} : { plan: planOf(more.plan) }),
  };
}

export function recordOf(record: StoredRecord): ApiRecord {
  const { kind, name, labels, spec, revision, owner, changedAt } = record;
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, labels },
    spec,
    status: { revision, owner, changedAt: text(changedAt) },
  };
}
