/** Every body of an answer by its name in the document of the API, which is made of these types with their comments. */
import type { ApiIssuedToken, ApiKeys, ApiRotatedToken, ApiToken } from "./api-access.ts";
import type { ApiAcsCall, ApiAcsStatus, ApiProbe } from "./api-acs.ts";
import type { ApiEvent, ApiEvents } from "./api-events.ts";
import type { ApiFinding, ApiFindingDetail, ApiFindings } from "./api-findings.ts";
import type { ApiImport, ApiImportDetail, ApiImported } from "./api-imports.ts";
import type { ApiInventoryItem, ApiInventoryKind, ApiInventoryLoaded } from "./api-inventory.ts";
import type { ApiAaaRequests, ApiResponse } from "./api-responses.ts";
import type { ApiAlive, ApiReady, ApiServerStatus } from "./api-server.ts";
import type { ApiDelivery, ApiRedelivered, ApiWebhook } from "./api-webhooks.ts";
import type { ApiWhy } from "./api-why.ts";
import type {
  ApiActed,
  ApiApplied,
  ApiDesiredPlan,
  ApiDevice,
  ApiDeviceDetail,
  ApiDocument,
  ApiFleet,
  ApiModelReleased,
  ApiOperation,
  ApiPage,
  ApiProblem,
  ApiRecord,
  ApiResumed,
  ApiRotation,
  ApiService,
  ApiServiceState,
  ApiStatus,
  ApiStopped,
  ApiSwapped,
} from "./api.ts";

export interface Answers {
  readonly AaaRequests: ApiAaaRequests;
  readonly AcsCall: ApiAcsCall;
  readonly AcsCallPage: ApiPage<ApiAcsCall>;
  readonly AcsStatus: ApiAcsStatus;
  readonly Acted: ApiActed;
  readonly Alive: ApiAlive;
  readonly Applied: ApiApplied;
  readonly Delivery: ApiDelivery;
  readonly DeliveryPage: ApiPage<ApiDelivery>;
  readonly DesiredPlan: ApiDesiredPlan;
  readonly Device: ApiDevice;
  readonly DeviceDetail: ApiDeviceDetail;
  readonly DevicePage: ApiPage<ApiDevice>;
  readonly Document: ApiDocument;
  readonly Event: ApiEvent;
  readonly Events: ApiEvents;
  readonly Finding: ApiFinding;
  readonly FindingDetail: ApiFindingDetail;
  readonly Findings: ApiFindings;
  readonly Fleet: ApiFleet;
  readonly ImportDetail: ApiImportDetail;
  readonly Imported: ApiImported;
  readonly ImportPage: ApiPage<ApiImport>;
  readonly InventoryItemPage: ApiPage<ApiInventoryItem>;
  readonly InventoryKindPage: ApiPage<ApiInventoryKind>;
  readonly InventoryLoaded: ApiInventoryLoaded;
  readonly IssuedToken: ApiIssuedToken;
  readonly Keys: ApiKeys;
  readonly ModelReleased: ApiModelReleased;
  readonly Operation: ApiOperation;
  readonly Probe: ApiProbe;
  readonly Problem: ApiProblem;
  readonly Ready: ApiReady;
  readonly Record: ApiRecord;
  readonly RecordPage: ApiPage<ApiRecord>;
  readonly Redelivered: ApiRedelivered;
  readonly Response: ApiResponse;
  readonly Resumed: ApiResumed;
  readonly RotatedToken: ApiRotatedToken;
  readonly Rotation: ApiRotation;
  readonly RotationStep: ApiRotation | ApiDocument;
  readonly ServerStatus: ApiServerStatus;
  readonly Service: ApiService;
  readonly ServiceState: ApiServiceState;
  readonly Status: ApiStatus;
  readonly Stopped: ApiStopped;
  readonly Swapped: ApiSwapped;
  readonly Token: ApiToken;
  readonly TokenPage: ApiPage<ApiToken>;
  readonly Webhook: ApiWebhook;
  readonly WebhookPage: ApiPage<ApiWebhook>;
  readonly Why: ApiWhy;
}

export type AnswerName = keyof Answers;
