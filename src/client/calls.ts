/** Written by `npm run gen` from the document of the API; a change here is lost. */
import type { Answers } from "../model/api-answers.ts";

/** By method and path: what goes in, and what comes back. One line each, as nobody writes here. */
// prettier-ignore
export interface Calls {
"DELETE /v1/devices/{id}/desired": { path: { id: string | number }; query?: { dryRun?: boolean | null | undefined; effectiveAt?: string | null | undefined }; answer: Answers["Document"] };
"DELETE /v1/tokens/{id}": { path: { id: string | number }; answer: Answers["Token"] };
"GET /livez": { answer: Answers["Alive"] };
"GET /readyz": { answer: Answers["Ready"] };
"GET /statusz": { answer: Answers["ServerStatus"] };
"GET /v1/acs": { answer: Answers["RecordPage"] };
"GET /v1/acs/{name}": { path: { name: string | number }; answer: Answers["Record"] };
"GET /v1/acs/{name}/calls": { path: { name: string | number }; query?: { device?: string | null | undefined; faults?: boolean | null | undefined; limit?: number | null | undefined }; answer: Answers["AcsCallPage"] };
"GET /v1/acs/{name}/requests/{id}": { path: { name: string | number; id: string | number }; answer: Answers["Probe"] };
"GET /v1/acs/{name}/status": { path: { name: string | number }; answer: Answers["AcsStatus"] };
"GET /v1/devices": { query?: { selector?: string | null | undefined; limit?: number | null | undefined; cursor?: string | null | undefined }; answer: Answers["DevicePage"] };
"GET /v1/devices/{id}": { path: { id: string | number }; answer: Answers["DeviceDetail"] };
"GET /v1/devices/{id}/desired": { path: { id: string | number }; answer: Answers["Document"] };
"GET /v1/devices/{id}/why": { path: { id: string | number }; answer: Answers["Why"] };
"GET /v1/events": { query?: { after?: string | null | undefined; limit?: number | null | undefined; selector?: string | null | undefined }; answer: Answers["Events"] };
"GET /v1/findings": { query?: { state?: string | null | undefined; pattern?: string | null | undefined; selector?: string | null | undefined; limit?: number | null | undefined; cursor?: string | null | undefined }; answer: Answers["Findings"] };
"GET /v1/findings/{id}": { path: { id: string | number }; answer: Answers["FindingDetail"] };
"GET /v1/firmwareimages": { answer: Answers["RecordPage"] };
"GET /v1/firmwareimages/{name}": { path: { name: string | number }; answer: Answers["Record"] };
"GET /v1/fleet": { answer: Answers["Fleet"] };
"GET /v1/fraudpolicies": { answer: Answers["RecordPage"] };
"GET /v1/fraudpolicies/{name}": { path: { name: string | number }; answer: Answers["Record"] };
"GET /v1/frequencyplans": { answer: Answers["RecordPage"] };
"GET /v1/frequencyplans/{name}": { path: { name: string | number }; answer: Answers["Record"] };
"GET /v1/keys": { answer: Answers["Keys"] };
"GET /v1/operations/{id}": { path: { id: string | number }; answer: Answers["Operation"] };
"GET /v1/parametermaps": { answer: Answers["RecordPage"] };
"GET /v1/parametermaps/{name}": { path: { name: string | number }; answer: Answers["Record"] };
"GET /v1/profiles": { answer: Answers["RecordPage"] };
"GET /v1/profiles/{name}": { path: { name: string | number }; answer: Answers["Record"] };
"GET /v1/tokens": { answer: Answers["TokenPage"] };
"GET /v1/webhooks": { answer: Answers["WebhookPage"] };
"GET /v1/webhooks/{id}/deliveries": { path: { id: string | number }; query?: { cursor?: number | null | undefined; limit?: number | null | undefined }; answer: Answers["DeliveryPage"] };
"PATCH /v1/devices/{id}/desired": { path: { id: string | number }; query?: { dryRun?: boolean | null | undefined; effectiveAt?: string | null | undefined }; answer: Answers["Document"] };
"POST /v1/acs/{name}/probe": { path: { name: string | number }; json?: { readonly devices?: readonly (string)[] | undefined; readonly sample?: number | undefined; readonly upTo?: number | undefined }; answer: Answers["Probe"] };
"POST /v1/devices/hold": { query?: { expect?: number | null | undefined }; json: { readonly reason: string; readonly until?: string | null | undefined; readonly selector: string }; answer: Answers["Acted"] };
"POST /v1/devices/reconcile": { query?: { expect?: number | null | undefined }; json: { readonly selector: string }; answer: Answers["Acted"] };
"POST /v1/devices/release": { query?: { expect?: number | null | undefined }; json: { readonly reason: string; readonly selector: string }; answer: Answers["Acted"] };
"POST /v1/devices/{id}/hold": { path: { id: string | number }; json: { readonly reason: string; readonly until?: string | null | undefined }; answer: Answers["DeviceDetail"] };
"POST /v1/devices/{id}/prove": { path: { id: string | number }; json?: Readonly<Record<string, never>>; answer: Answers["DeviceDetail"] };
"POST /v1/devices/{id}/reconcile": { path: { id: string | number }; json?: Readonly<Record<string, never>>; answer: Answers["DeviceDetail"] };
"POST /v1/devices/{id}/release": { path: { id: string | number }; json: { readonly reason: string }; answer: Answers["DeviceDetail"] };
"POST /v1/devices/{id}/resume": { path: { id: string | number }; json?: { readonly reason?: "nonPayment" | "customerRequest" | "fraud" | "technical" | null | undefined; readonly owner?: string | null | undefined }; answer: Answers["Service"] };
"POST /v1/devices/{id}/rotate-credential": { path: { id: string | number }; json?: { readonly aaaUpdated?: true | undefined; readonly version?: number | undefined }; answer: Answers["RotationStep"] | Answers["Document"] };
"POST /v1/devices/{id}/suspend": { path: { id: string | number }; json: { readonly reason: "nonPayment" | "customerRequest" | "fraud" | "technical" }; answer: Answers["Service"] };
"POST /v1/devices/{id}/swap": { path: { id: string | number }; query?: { dryRun?: boolean | null | undefined }; json: { readonly to: string; readonly expectSerial?: string | null | undefined; readonly oldDevice?: string | null | undefined }; answer: Answers["Swapped"] };
"POST /v1/findings/{id}/decide": { path: { id: string | number }; json: { readonly as: "theft" | "swap" | "clone" | "mistake"; readonly reason: string }; answer: Answers["FindingDetail"] };
"POST /v1/imports": { query?: { dryRun?: boolean | null | undefined; expect?: number | null | undefined }; answer: Answers["Imported"] };
"POST /v1/keys/rotate": { json?: Readonly<Record<string, never>>; answer: Answers["Keys"] };
"POST /v1/manifests": { query?: { dryRun?: boolean | null | undefined; expect?: number | null | undefined }; json: { readonly documents: readonly (unknown)[] }; answer: Answers["Applied"] };
"POST /v1/release": { json: { readonly model: string; readonly reason: string }; answer: Answers["ModelReleased"] };
"POST /v1/resume": { query?: { expect?: number | null | undefined }; json?: { readonly acs?: string | null | undefined }; answer: Answers["Resumed"] };
"POST /v1/stop": { json: { readonly reason: string; readonly acs?: string | null | undefined; readonly selector?: string | null | undefined }; answer: Answers["Stopped"] };
"POST /v1/tokens": { json: { readonly owner: string; readonly scopes: readonly ("devices:read" | "desired:write:credentials" | "desired:write:firmware" | "desired:write:frequency" | "rollouts:write" | "rollouts:approve" | "findings:read" | "findings:decide" | "maps:write" | "audit:read" | "radius:ingest" | "secrets:reveal" | "admin")[]; readonly expiresIn?: string | undefined; readonly networks?: readonly (string)[] | undefined; readonly ratePerSecond?: number | null | undefined }; answer: Answers["IssuedToken"] };
"POST /v1/tokens/{id}/rotate": { path: { id: string | number }; json?: { readonly overlap?: string | undefined; readonly expiresIn?: string | undefined }; answer: Answers["RotatedToken"] };
"POST /v1/webhooks": { json: { readonly url: string; readonly types?: readonly (string)[] | undefined; readonly allowPrivate?: boolean | undefined }; answer: Answers["Webhook"] };
"POST /v1/webhooks/{id}/enable": { path: { id: string | number }; answer: Answers["Webhook"] };
"POST /v1/webhooks/{id}/redeliver": { path: { id: string | number }; json: { readonly delivery: string } | { readonly failed: true }; answer: Answers["Redelivered"] };
"POST /v1/webhooks/{id}/rotate-secret": { path: { id: string | number }; json?: { readonly overlap?: string | undefined }; answer: Answers["Webhook"] };
"POST /v1/webhooks/{id}/test": { path: { id: string | number }; answer: Answers["Delivery"] };
"PUT /v1/devices/{id}/desired": { path: { id: string | number }; query?: { dryRun?: boolean | null | undefined; effectiveAt?: string | null | undefined }; json: { readonly credentials?: { readonly username: string; readonly realm?: string | undefined; readonly password?: string | { readonly set: true; readonly version: number; readonly changedAt?: string | undefined; readonly fingerprint?: string | undefined } | null | undefined } | null | undefined; readonly firmware?: { readonly version: string } | null | undefined; readonly frequencyPlan?: { readonly channelsKhz: readonly (number)[]; readonly bandwidthKhz: number } | null | undefined; readonly management?: { readonly informIntervalS: number } | null | undefined; readonly document?: unknown; readonly status?: unknown; readonly plan?: unknown }; answer: Answers["Document"] };
}
