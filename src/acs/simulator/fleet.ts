/** A fleet from a count and a seed: the same arguments give the same CPEs, down to each user name and site. */
import { AppError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { printDeviceId, type DeviceId } from "../../model/device.ts";
import { credentialOverlay } from "./cpe.ts";
import type { DeviceState } from "./device.ts";
import type { Flash } from "./cpe-state.ts";
import { chooseShare, unit } from "./random.ts";
import type { CpeModel } from "./cpe-model.ts";

/** The models that have a parameter map in `manifests/maps`. */
export const DEFAULT_MODELS: readonly string[] = [
  "huawei-bm632w",
  "huawei-eg8145v5",
  "tplink-ec220-g5-v3",
  "talk-frequency-table",
  "talk-channel-rules",
];

/** A town each: what loses power together. */
const SITES = ["jhb", "cpt", "dur", "pta", "bfn", "gqe"] as const;

export interface FleetOptions {
  /** CPEs. */
  readonly count: number;
  /** Names of tree files; round robin in this order. */
  readonly models: readonly string[];
  readonly seed: string;
  /** 0 to 1: switched off at the start. */
  readonly offlineShare: number;
  /** 0 to 1: CPEs that accept every write and change nothing. */
  readonly ignoredWriteShare: number;
  /** 0 to 1: CPEs that read their passwords back in clear. */
  readonly shownSecretsShare?: number;
  /** 0 to 1: CPEs that fetch a firmware, boot, and run what they ran. */
  readonly notTakenShare?: number;
  /** 0 to 1, of the others: CPEs that a firmware is the end of. */
  readonly neverReturnsShare?: number;
}

export interface FleetDevice {
  readonly id: DeviceId;
  readonly serial: string;
  readonly model: CpeModel;
  readonly site: string;
  readonly initial: DeviceState;
}

const REALM = "isp.example";

/**
 * What a CPE shows to the AAA when it is first met: every third of a model already has the right user name
 * (`sub<serial>@isp.example`, lower case), the others still have that of an earlier subscriber.
 */
function initialCredential(
  serial: string,
  right: boolean,
): { readonly user: string; readonly realm: string; readonly password: string } {
  const tail = serial.toLowerCase();
  const user = right ? `sub${tail}` : `old${tail}`;
  return { user, realm: REALM, password: `first-${user}` };
}

function pickModels(
  names: readonly string[],
  known: ReadonlyMap<string, CpeModel>,
): readonly CpeModel[] {
  if (names.length === 0) throw new AppError("usage", "a fleet needs at least one model");
  return names.map((name) => {
    const model = known.get(name);
    if (model !== undefined) return model;
    const hint = didYouMean(name, [...known.keys()]);
    throw new AppError("usage", `no CPE model "${name}" in manifests/cpes.${hint}`);
  });
}

/** @param epochMs wall clock at which the fleet first came to life; up times count from there, and survive restarts */
export function buildFleet(
  options: FleetOptions,
  known: ReadonlyMap<string, CpeModel>,
  epochMs: number,
): FleetDevice[] {
  const models = pickModels(options.models, known);
  const serials = Array.from(
    { length: options.count },
    (_, index) => `SIM${String(index + 1).padStart(6, "0")}`,
  );
  const salt = (what: string): string => `${options.seed}/${what}/`;
  const off = new Set(chooseShare(serials, options.offlineShare, salt("offline")));
  const deaf = new Set(chooseShare(serials, options.ignoredWriteShare, salt("ignores")));
  const open = new Set(chooseShare(serials, options.shownSecretsShare ?? 0, salt("shows")));
  const stale = new Set(chooseShare(serials, options.notTakenShare ?? 0, salt("not-taken")));
  const others = serials.filter((serial) => !stale.has(serial));
  const gone = options.neverReturnsShare ?? 0;
  const lost = new Set(chooseShare(others, gone, salt("never-returns")));
  const flashOf = (serial: string): Flash =>
    stale.has(serial) ? "not-taken" : lost.has(serial) ? "never-returns" : "runs";
  return serials.flatMap((serial, index) => {
    const model = models[index % models.length];
    if (model === undefined) return [];
    const right = Math.floor(index / models.length) % 3 === 0;
    const upMs = Math.floor(unit(`${salt("up")}${serial}`) * 30 * 86_400_000);
    const cpe = {
      model,
      serial,
      ignoresWrites: deaf.has(serial),
      ...(open.has(serial) ? { showsSecrets: true } : {}),
      flash: flashOf(serial),
      dead: false,
      bootedAtMs: epochMs - upMs,
      boots: 0,
      resets: 0,
      flashes: 0,
      overlay: credentialOverlay(model, initialCredential(serial, right)),
    };
    const site = SITES[Math.floor(unit(`${salt("site")}${serial}`) * SITES.length)] ?? SITES[0];
    const { oui, productClass } = model;
    return [
      {
        id: printDeviceId({ oui, productClass: productClass === "" ? null : productClass, serial }),
        serial,
        model,
        site,
        initial: {
          cpe,
          known: cpe,
          knownAtMs: epochMs,
          powered: !off.has(serial),
          awayUntilMs: 0,
          transfer: null,
          pending: [],
        },
      },
    ];
  });
}
