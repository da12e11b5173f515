/** Port shapes -> the arguments of FriendlyTech's operations (acs-northbound-apis.md 2.2). Pure. */
import type { Change, ParameterPath } from "../../model/parameter.ts";
import type { AcsDevice } from "../../ports/acs.ts";
import type { Rpc } from "./rpc.ts";
import type { Operation } from "./soap.ts";

/** What the ACS shows its operator about the caller (2.1). */
export interface Labels {
  readonly changeId: string;
  readonly appId: string;
}

/** Serials are not unique across vendors, so the tie-breakers go along whenever they are known (2.2). */
function envelope(device: AcsDevice, labels: Labels): Record<string, unknown> {
  return {
    devicesn: carry(device.identity.serial),
    oui: carry(device.identity.oui),
    ...(device.modelName === null ? {} : { modelname: carry(device.modelName) }),
    creator: carry(`plumbline:${labels.changeId}`),
    appid: carry(labels.appId),
  };
}

export function deviceArguments(device: AcsDevice, labels: Labels): Record<string, unknown> {
  return envelope(device, labels);
}

/** Source 0 asks the CPE itself; 1 would answer from the ACS's memory (2.2). */
export function readArguments(
  device: AcsDevice,
  names: readonly ParameterPath[],
  labels: Labels,
): Record<string, unknown> {
  const flags = { source: 0, names: false, values: true, attributes: false };
  return { ...envelope(device, labels), arraynames: { string: names.map(carry) }, ...flags };
}

/** Which operation makes the change. `FTDeleteObject` is inferred: no public client was seen to call it (2.2). */
export function operationFor(change: Change): Operation {
  switch (change.kind) {
    case "set":
      return "FTSetDeviceParameters";
    case "add":
      return "FTAddObject";
    case "delete":
      return "FTDeleteObject";
    case "reboot":
      return "FTRebootDevice";
    case "download":
      return "FTDownloadFile";
    case "factoryReset":
      return "FTResetToDefault";
  }
}

/** The one type of a file that a client was seen to send, as 1; what the other numbers mean is not known (2.2). */
const FIRMWARE = "1 Firmware Upgrade Image";
const LARGEST_INT = 2 ** 31 - 1;

/** Why a change cannot be put into a call of this service, or undefined. */
export function misfitOf(change: Change): string | undefined {
  if (change.kind !== "download") return undefined;
  if (change.fileType !== FIRMWARE) return "not sent: of the types of files only firmware is known";
  return change.sizeBytes > LARGEST_INT ? "not sent: the file is too large for an int" : undefined;
}

export function rpcArguments(device: AcsDevice, rpc: Rpc, labels: Labels): Record<string, unknown> {
  const { rpcname, soapcontent } = rpc;
  return { ...envelope(device, labels), rpcname: carry(rpcname), soapcontent: carry(soapcontent) };
}

/** One of the two places where a secret is opened: the arguments live until the body is built, in the same tick. */
export function writeArguments(
  device: AcsDevice,
  change: Change,
  labels: Labels,
): Record<string, unknown> {
  const flags = { push: true, endsession: false, priority: 0 };
  switch (change.kind) {
    case "set": {
      const Param = change.values.map(({ path, value }) => ({
        Name: carry(path),
        Value: carry(typeof value === "string" ? value : value.open()),
      }));
      return { ...envelope(device, labels), arrayparams: { Param }, ...flags };
    }
    case "add":
      return { ...envelope(device, labels), objectname: carry(change.table), ...flags };
    case "delete":
      return { ...envelope(device, labels), objectname: carry(change.row), ...flags };
    case "reboot":
    case "factoryReset":
      return { ...envelope(device, labels), push: true, priority: 0 };
    case "download": {
      // Priority and delay as the one client sends them; nobody wrote down what they mean.
      const seen = { push: true, filetype: 1, priority: 2, delay: 100, endsession: false };
      const { url, sizeBytes } = change;
      return { ...envelope(device, labels), ...seen, url: carry(url), size: sizeBytes };
    }
  }
}

/**
 * soap 1.13.0 does not escape a text that starts with `<![CDATA[` and ends with `]]>`, so that such a value could add
 * parameters of its own to a call. Those are escaped here and handed over as ready XML.
 */
function carry(text: string): string | { readonly $xml: string } {
  if (!text.startsWith("<![CDATA[")) return text;
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return { $xml: escaped.replaceAll("\r", "&#xD;") };
}
