/** Asks the ACS for its own description. A GET of the address with `?WSDL`, as an .asmx gives it (acs-northbound-apis.md 2.1). */
import type { CallContext, CheckResult, Transport, Unknown } from "../../ports/acs.ts";
import { basicHeaders, type Login } from "../login.ts";
import { unanswered } from "../unanswered.ts";
import { compareWsdl } from "./wsdl.ts";

/** The name of the call at the gate; it asks about no device and changes nothing. */
export const DESCRIBE = "Describe";

export interface Described {
  readonly kind: "described";
  readonly differences: readonly string[];
  /** Operations of ours that it lacks. */
  readonly lacking: ReadonlySet<string>;
}

interface Asking {
  readonly url: string;
  /** Our description, as text. */
  readonly ours: string;
  readonly auth: Login;
  readonly transport: Transport;
}

/** @param used operations that the adapter calls: others are nobody's loss */
export async function describeSite(
  { url, ours, auth, transport }: Asking,
  used: ReadonlySet<string>,
  context: CallContext,
): Promise<Described | Exclude<CheckResult, { readonly kind: "checked" }>> {
  const result = await transport({
    operation: DESCRIBE,
    method: "GET",
    url: `${url.replace(/[?#].*$/s, "")}?WSDL`,
    headers: basicHeaders(auth),
    body: "",
    context,
    deviceId: "",
    alone: false,
  });
  if (result.kind !== "answer") return unanswered(result);
  const { status, body } = result;
  if (body.trim() === "") return unknown("empty", `HTTP ${status} without a body`);
  if (status !== 200) return unknown("garbled", `HTTP ${status} for the description`);
  const compared = compareWsdl(ours, body);
  if ("why" in compared) return unknown("garbled", `the description: ${compared.why}`);
  const told = compared.filter(({ operation }) => operation === null || used.has(operation));
  const lacking = told.filter(({ kind }) => kind === "missing_operation");
  return {
    kind: "described",
    differences: told.map(({ text }) => text),
    lacking: new Set(lacking.flatMap(({ operation }) => operation ?? [])),
  };
}

function unknown(fault: Unknown["fault"], detail: string): Unknown {
  return { kind: "unknown", fault, sent: true, detail };
}
