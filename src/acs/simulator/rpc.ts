/**
 * `FTRPCInvoke`: one CWMP call as text, put to the CPE at once, and its own answer as text. The CPE's envelope is cut away,
 * so the prefix of the answer is declared nowhere, as it stands inside that envelope in CWMP.
 */
import { escapeXml, parseXml, type XmlElement } from "../../lib/xml.ts";
import type { CpeOp, CpeReply } from "./cpe.ts";

function child(parent: XmlElement, name: string): string {
  return parent.children.find((each) => each.name === name)?.text ?? "";
}

/** @returns undefined for what is no call that is served here */
export function rpcOf(content: string): CpeOp | undefined {
  let call: XmlElement;
  try {
    call = parseXml(content, ["cwmp"]);
  } catch {
    return undefined;
  }
  const path = child(call, "ObjectName");
  if (call.name === "AddObject") return { kind: "addObject", table: path };
  if (call.name === "DeleteObject") return { kind: "deleteObject", row: path };
  return undefined;
}

export function rpcAnswer(reply: CpeReply): string {
  switch (reply.kind) {
    case "added":
      return answer("AddObject", `<InstanceNumber>${reply.instance}</InstanceNumber>`);
    case "done":
    case "values":
      return answer("DeleteObject", "");
    case "fault":
      return (
        `<cwmp:Fault><FaultCode>${reply.code}</FaultCode>` +
        `<FaultString>${escapeXml(`CWMP fault ${reply.code}`)}</FaultString></cwmp:Fault>`
      );
  }
}

function answer(name: string, members: string): string {
  return `<cwmp:${name}Response>${members}<Status>0</Status></cwmp:${name}Response>`;
}
