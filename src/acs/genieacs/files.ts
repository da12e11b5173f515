/**
 * The files that GenieACS keeps for CPEs, looked at before a download: a task for a file that is not there is answered 200,
 * fails in a later session, and is tried again for ever (genieacs-nbi.md 0.10, 4 Firmware).
 *
 * What becomes of a download is told in another session too, long after its call: `accepted` says that the CPE was given
 * the address, and only its software version proves the rest.
 */
import type { DeviceId } from "../../model/device.ts";
import type { Download } from "../../model/parameter.ts";
import type { CallContext, WriteOutcome } from "../../ports/acs.ts";
import { listPath } from "./address.ts";
import { decodeList, isMembers, textOf, type Members } from "./answer.ts";
import type { Ask } from "./nbi.ts";

/** Why the download is not sent, or undefined. Nothing was changed by asking. */
export async function objectionToFile(
  ask: Ask,
  device: DeviceId,
  file: Download,
  context: CallContext,
): Promise<WriteOutcome | undefined> {
  const path = listPath("files", { query: { _id: file.fileName }, projection: [] });
  const answer = await ask({ call: "Query", method: "GET", path }, device, context);
  if (answer.kind === "not_sent") return answer;
  if (answer.kind === "unknown") return { ...answer, sent: false };
  const list = decodeList(answer);
  if (list.kind === "unknown") return { ...list, sent: false };
  const text = objectionIn(list.documents, file);
  return text === undefined ? undefined : { kind: "rejected", code: 0, text: `not sent: ${text}` };
}

function objectionIn(documents: readonly Members[], wanted: Download): string | undefined {
  const found = documents.find((each) => each["_id"] === wanted.fileName);
  if (found === undefined) return `GenieACS has no file ${wanted.fileName}`;
  const metadata = isMembers(found["metadata"]) ? found["metadata"] : {};
  const fileType = textOf(metadata["fileType"]);
  if (fileType !== "" && fileType !== wanted.fileType) {
    return `GenieACS has ${wanted.fileName} as ${fileType}`;
  }
  const { length } = found;
  return typeof length === "number" && length !== wanted.sizeBytes
    ? `GenieACS has ${length} bytes as ${wanted.fileName}, and not ${wanted.sizeBytes}`
    : undefined;
}
