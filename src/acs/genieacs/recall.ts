/**
 * GenieACS's memory of many devices in one query (genieacs-nbi.md 1, 2). No CPE is asked, and none is woken.
 *
 * The query is `$or` of ids, as a list of values would be tried as numbers, dates and patterns each. Its address is kept
 * short enough for the proxies that refuse more than 8 KB: so many devices go along as fit.
 */
import { printDeviceId } from "../../model/device.ts";
import type { CallContext } from "../../ports/acs.ts";
import type { Recall, RecallResult } from "../../ports/acs-memory.ts";
import { namesToAsk } from "../asked.ts";
import { isName, listPath, projectionOf } from "./address.ts";
import { decodeList } from "./answer.ts";
import { decodeMemory, MEMORY_PROJECTION } from "./memory.ts";
import type { Tools } from "./tools.ts";

const LONGEST_PATH = 7_000;
const MOST = 50;

export async function recallDevices(
  { ask }: Tools,
  wanted: readonly Recall[],
  context: CallContext,
): Promise<RecallResult> {
  const spelt = wanted.map(({ device, names, identityPath }) => {
    const asked = namesToAsk(names, identityPath).filter(isName);
    return { device, names: asked, identityPath };
  });
  let page = spelt.slice(0, MOST);
  while (page.length > 1 && pathOf(page).length > LONGEST_PATH) page = page.slice(0, -1);
  const answer = await ask({ call: "Query", method: "GET", path: pathOf(page) }, "", context);
  if (answer.kind !== "answer") return answer;
  const list = decodeList(answer);
  if (list.kind !== "list") return list;
  return decodeMemory(list.documents, page, namesOf(page), answer.date);
}

function namesOf(page: readonly Recall[]): readonly string[] {
  return projectionOf([...new Set(page.flatMap(({ names }) => names))]);
}

function pathOf(page: readonly Recall[]): string {
  return listPath("devices", {
    query: { $or: page.map(({ device }) => ({ _id: printDeviceId(device.identity) })) },
    projection: [...MEMORY_PROJECTION, ...namesOf(page)],
  });
}
