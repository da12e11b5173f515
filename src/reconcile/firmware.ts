/**
 * From the version that a device runs to the one that it should run: the next download, on the shortest way over what the
 * images may follow. A downgrade is a way like any other; it needs an image that may follow the newer version.
 */
import { attributesOf, matches, parseSelector, specificity } from "../fleet/selector.ts";
import { REBOOT } from "../mapping/arrange.ts";
import type { Mapper } from "../mapping/mapper.ts";
import type { Hop, Operation, Snapshot } from "../model/parameter.ts";
import type { Assessment, EffectClass } from "../model/plan.ts";
import type { FirmwareImage } from "../model/records.ts";
import { bootedAt } from "./boot.ts";

export const RUNNING = "device.software-version";

/** The CPE writes its flash and boots; nobody can say more of it than how long that takes at most. */
export const FLASH: EffectClass = { ...REBOOT, applies: "afterReboot", settleMs: 600_000 };

/** Are two texts the same version? Equal texts are; a map's scheme may know more. */
export type SameVersion = (one: string, other: string) => boolean;

export interface FirmwareContext {
  readonly images: readonly FirmwareImage[];
  readonly device: Parameters<typeof attributesOf>[0];
  readonly wanted: string;
  readonly same: SameVersion;
  /** What keeps the device from getting any now, as a sentence. */
  readonly busy: string | null;
}

export type Choice =
  | {
      readonly kind: "hop";
      readonly image: FirmwareImage;
      /** Versions that are run one after the other, the last one is the wanted one. */
      readonly path: readonly string[];
    }
  | { readonly kind: "none"; readonly detail: string };

/** How a failure of this very image is told from one of another, or of the same name with another file. */
export function markOf({ image, sha256 }: Pick<Hop, "image" | "sha256">): string {
  return `${image}#${sha256.slice(0, 8)}`;
}

interface Fitting {
  readonly image: FirmwareImage;
  readonly rank: number;
}

/** The images that are made for this device, the ones that name it most closely first. */
function fitting({ images, device }: FirmwareContext): Fitting[] {
  const attributes = attributesOf(device, null);
  return images
    .flatMap((image): Fitting[] => {
      const parsed = parseSelector(image.selector, { allow: "record" });
      if (parsed.kind !== "selector" || !matches(parsed.selector, attributes)) return [];
      return [{ image, rank: specificity(parsed.selector) }];
    })
    .sort((a, b) => b.rank - a.rank || (a.image.name < b.image.name ? -1 : 1));
}

function follows({ mayFollow }: FirmwareImage, version: string, same: SameVersion): boolean {
  return mayFollow === null || mayFollow.some((one) => same(one, version));
}

/** The versions on the shortest way; undefined where there is none. Breadth first, so the first way found is it. */
function shortestWay(
  from: string,
  to: string,
  fits: readonly Fitting[],
  same: SameVersion,
): string[] | undefined {
  const seen = new Set([from]);
  let ends: string[][] = [[]];
  while (ends.length > 0) {
    const next: string[][] = [];
    for (const way of ends) {
      for (const { image } of fits) {
        if (seen.has(image.version) || !follows(image, way.at(-1) ?? from, same)) continue;
        const longer = [...way, image.version];
        if (image.version === to) return longer;
        seen.add(image.version);
        next.push(longer);
      }
    }
    ends = next;
  }
  return undefined;
}

const SHOWN = 6;

function listed(fits: readonly Fitting[]): string {
  const texts = fits.map(({ image: { name, version, mayFollow } }) => {
    const over = mayFollow === null ? "any" : mayFollow.slice(0, SHOWN).join(", ");
    return `${name} (${version} over ${over})`;
  });
  const more = texts.length > SHOWN ? ` and ${texts.length - SHOWN} more` : "";
  return texts.slice(0, SHOWN).join("; ") + more;
}

/** What is missing, for the one who keeps the images. */
function missing(running: string, fits: readonly Fitting[], wanted: string): string {
  if (fits.length === 0) return `it runs ${running}, and no FirmwareImage is made for this device`;
  const there = `there are ${listed(fits)}`;
  const last = fits.filter(({ image }) => image.version === wanted);
  if (last.length === 0) return `it runs ${running}, and no image brings ${wanted}; ${there}`;
  const over = [...new Set(last.flatMap(({ image }) => image.mayFollow ?? []))].join(" or ");
  return `it runs ${running}, ${wanted} may follow ${over}, and no image leads there from ${running}; ${there}`;
}

export function nextHop(running: string, context: FirmwareContext): Choice {
  const { wanted, same } = context;
  const fits = fitting(context);
  const path = shortestWay(running, wanted, fits, same);
  if (path === undefined) return { kind: "none", detail: missing(running, fits, wanted) };
  const possible = fits.filter(
    ({ image }) => image.version === path[0] && follows(image, running, same),
  );
  const [best] = possible;
  if (best === undefined) throw new Error("a way without a first step");
  const rival = possible.find(
    ({ image, rank }) => rank === best.rank && image.sha256 !== best.image.sha256,
  );
  if (rival === undefined) return { kind: "hop", image: best.image, path };
  const names = `${best.image.name} and ${rival.image.name}`;
  const detail = `${names} are two files of ${best.image.version} and fit equally well; give one of them a narrower selector`;
  return { kind: "none", detail };
}

function drift(running: string, { image, path }: Extract<Choice, { kind: "hop" }>): Assessment {
  const { name, sha256, version, url, fileName, fileType, sizeBytes } = image;
  const hop: Hop = { image: name, sha256, over: running, version };
  const call: Operation = { kind: "download", hop, url, fileName, fileType, sizeBytes };
  const further = path.length === 1 ? "" : `, then ${path.slice(1).join(", ")}`;
  return {
    kind: "drift",
    field: "firmware",
    values: new Map(),
    calls: [call],
    effect: FLASH,
    after: [],
    detail: `it runs ${running}; image ${name} brings ${version}${further}`,
  };
}

/**
 * Where the version differs, the download that is due, or why there is none. Without an uptime no boot can be seen, and
 * without a boot no firmware be proven: such a device gets none.
 */
export function withFirmware(
  assessments: readonly Assessment[],
  mapper: Mapper,
  snapshot: Snapshot,
  context: FirmwareContext | null,
): Assessment[] {
  const running = mapper.get(RUNNING, snapshot);
  return assessments.map((assessment): Assessment => {
    const isOurs = assessment.kind === "cannot" && assessment.reason === "ObserveOnlyField";
    if (assessment.field !== "firmware" || !isOurs || context === null) return assessment;
    if (running.kind !== "value" || typeof running.value !== "string") return assessment;
    // A map refuses to write what can only be read, whatever it holds.
    if (running.value === context.wanted) return { kind: "equal", field: "firmware", believed: [] };
    const cannot = (
      reason: "FirmwareSoaking" | "BootUnseen" | "NoFirmwarePath",
      detail: string,
    ): Assessment => ({ kind: "cannot", field: "firmware", reason, detail });
    if (context.busy !== null) return cannot("FirmwareSoaking", context.busy);
    const choice = nextHop(running.value, context);
    if (choice.kind === "none") return cannot("NoFirmwarePath", choice.detail);
    if (bootedAt(mapper, snapshot, new Date(0)) !== null) return drift(running.value, choice);
    const detail = "it does not say its uptime, and without a boot no firmware is proven";
    return cannot("BootUnseen", detail);
  });
}
