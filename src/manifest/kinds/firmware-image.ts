/**
 * `FirmwareImage`: a file that CPEs of some models fetch to run another version. Which devices should run it is said by
 * the field `firmware` of profiles and documents; the image only says how they get there.
 *
 * A login for the file server has no place here: no adapter can carry one, so the server has to give the file to whoever
 * is in the management network.
 */
import { z } from "zod";
import { parseSelector } from "../../fleet/selector.ts";
import type { Problem } from "../../lib/errors.ts";
import type { KindDef, Metadata } from "./kind.ts";
import { line, recordSelector } from "./parts.ts";

const FIRMWARE_FILE = "1 Firmware Upgrade Image";
/** One of these has to name what the image is made for. */
const KINDS_OF_DEVICES = ["model", "productClass"];

const url = z
  .string()
  .max(2_000)
  .superRefine((text, context) => {
    const problem = oddUrl(text);
    if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
  })
  .meta({ description: "Where the CPE fetches it: http or https, without user name and password" });

function oddUrl(text: string): string | undefined {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    return "must be an http or https address";
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return "must not hold a user name or password; records are shown to everybody who may read them";
  }
  if (parsed.search !== "" || parsed.hash !== "") {
    return "must end in the file's name: what stands behind a ? may be a token, and records are shown";
  }
  return fileNameIn(text) === "" ? "must end in the name of a file" : undefined;
}

function fileNameIn(text: string): string {
  const last = text.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

const version = line(256);

const spec = z
  .strictObject({
    version: version.meta({ description: "As the CPE itself spells it when it runs it" }),
    selector: recordSelector.meta({
      description: "Devices that it is made for; has to name model or productClass: model=EX220",
    }),
    url,
    fileName: line(255)
      .optional()
      .meta({ description: "What the ACS calls the file; the last part of url if left out" }),
    fileType: line(64).default(FIRMWARE_FILE).meta({ description: "As CWMP spells it" }),
    sha256: z
      .string()
      .regex(/^[0-9A-Fa-f]{64}$/, "must be 64 hexadecimal digits")
      .transform((text) => text.toLowerCase())
      .meta({ description: "Of the whole file; another one is another image" }),
    sizeBytes: z.int().min(1).max(Number.MAX_SAFE_INTEGER).meta({ description: "Exact" }),
    mayFollow: z
      .array(version)
      .min(1)
      .max(256)
      .refine((list) => new Set(list).size === list.length, "names a version twice")
      .optional()
      .meta({ description: "Versions that it may be installed over; any if left out" }),
  })
  .transform(({ fileName, mayFollow, ...given }) => ({
    ...given,
    fileName: fileName ?? fileNameIn(given.url),
    ...(mayFollow === undefined ? {} : { mayFollow }),
  }));

export type FirmwareImageSpec = z.output<typeof spec>;

function check(_metadata: Metadata, { selector, version: own, mayFollow }: FirmwareImageSpec) {
  const problems: Problem[] = [];
  const parsed = parseSelector(selector, { allow: "record" });
  const named =
    parsed.kind === "selector" &&
    parsed.selector.terms.some(
      ({ kind, name }) => kind === "in" && KINDS_OF_DEVICES.includes(name),
    );
  if (!named) {
    const message =
      "must say what it is made for, as model=EX220 or productClass=IGD: another model may not survive it";
    problems.push({ pointer: "/spec/selector", code: "invalid", message });
  }
  if (mayFollow?.includes(own) === true) {
    const pointer = `/spec/mayFollow/${mayFollow.indexOf(own)}`;
    const message = "is the version of the image itself";
    problems.push({ pointer, code: "invalid", message });
  }
  return problems;
}

export const firmwareImage: KindDef<"FirmwareImage", FirmwareImageSpec> = {
  kind: "FirmwareImage",
  path: "firmwareimages",
  meaning: "a firmware file: its version, the models it is for, the versions it may follow",
  spec,
  check,
};
