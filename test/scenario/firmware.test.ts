/**
 * A fleet of mixed versions on its way to one version, over two downloads for the oldest, with power cuts, a crash of the
 * controller, CPEs that do not take a firmware and one that a firmware is the end of. `FIRMWARE_FLEET` says how large it is.
 */
import { Secret } from "../../src/lib/secret.ts";
import { afterEach, describe, expect, it } from "vitest";
import type { CallRecord } from "../../src/acs/simulator/calls.ts";
import { findNode, type Flash } from "../../src/acs/simulator/cpe-state.ts";
import type { Entry } from "../../src/acs/simulator/sim-acs.ts";
import type { SimulatorOptions } from "../../src/acs/simulator/options.ts";
import { byDevice, READ, WRITE } from "../support/call-log.ts";
import { OPERATOR } from "../support/stack.ts";
import { startWorld, type World } from "../support/world.ts";

const COUNT = Number(process.env["FIRMWARE_FLEET"] ?? 12);
const SEED = process.env["FIRMWARE_SEED"] ?? "firmware";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SOAK_MS = 15 * MINUTE;
const PATH = "Device.DeviceInfo.SoftwareVersion";
const MODEL = "WIMAX-25.v2";
const SLOW = { downloadMs: 4 * MINUTE, rebootMs: 90_000 };

let world: World;

afterEach(async () => {
  await world.close();
});

function image(version: string, mayFollow?: readonly string[]) {
  const fileName = `wimax_${version}.bin`;
  return {
    kind: "FirmwareImage",
    name: `wimax-${version}`,
    labels: {},
    spec: {
      version,
      selector: `model=${MODEL}`,
      ...{ url: `http://files.example/${fileName}`, fileName, sizeBytes: 1_000 },
      ...{ fileType: "1 Firmware Upgrade Image", sha256: version.padEnd(64, "0") },
      ...(mayFollow === undefined ? {} : { mayFollow }),
    },
  };
}

const wanted = (version: string) => ({
  kind: "Profile",
  name: "firmware",
  labels: {},
  spec: { selector: "all", fields: { firmware: { version } } },
});

async function apply(
  records: readonly ReturnType<typeof image | typeof wanted>[],
  expect: number | null = null,
) {
  const plan = { records, devices: [] };
  return await world.stack.fleet.apply(plan, OPERATOR, { dryRun: false, expect });
}

async function open(
  simulator: Partial<SimulatorOptions>,
  kind: "friendly" | "genieacs" = "friendly",
): Promise<readonly Entry[]> {
  const models = ["talk-frequency-table"];
  world = await startWorld({ kind, simulator: { ...SLOW, seed: SEED, models, ...simulator } });
  return world.acs.acs.entries;
}

const versionOf = (entry: Entry): string =>
  findNode(world.acs.acs.look(entry).cpe, PATH)?.value ?? "";
const runs = (entry: Entry, version: string): void => {
  world.acs.acs.tamper(entry, [{ path: PATH, value: version }]);
};

const makes = (entry: Entry, flash: Flash): void => {
  entry.state = { ...entry.state, cpe: { ...entry.state.cpe, flash } };
};

const inState = async (state: string): Promise<number> => (await world.stack.states())[state] ?? 0;

const NBI = {
  query: new URLSearchParams(),
  headers: {},
  body: "",
  gone: new AbortController().signal,
};

/** Into the file store of the GenieACS. */
async function upload(version: string): Promise<void> {
  const { fileName, sizeBytes } = image(version).spec;
  const path = `/nbi/files/${fileName}`;
  const body = "x".repeat(sizeBytes);
  await world.acs.exchange({ ...NBI, method: "PUT", path, body });
}

async function listed(collection: string): Promise<unknown> {
  const reply = await world.acs.exchange({ ...NBI, method: "GET", path: `/nbi/${collection}/` });
  return JSON.parse(reply?.body ?? "");
}

interface Sent {
  readonly device: string;
  readonly image: string;
  readonly at: Date;
  readonly seenAt: Date | null;
  readonly outcome: string | null;
  readonly verdict: string | null;
  readonly verdictAt: Date | null;
}

async function downloads(): Promise<readonly Sent[]> {
  const rows = await world.database.db
    .selectFrom("intents")
    .innerJoin("devices", "devices.device", "intents.device")
    .select(["device_id", "edits", "intended_at", "seen_at", "outcome", "verdict", "verdict_at"])
    .orderBy("id")
    .execute();
  return rows.flatMap((row) => {
    const [first] = row.edits as readonly Record<string, string>[];
    if (first?.["action"] !== "download") return [];
    return [
      {
        ...{ device: row.device_id, image: first["image"] ?? "", at: row.intended_at },
        ...{ seenAt: row.seen_at, outcome: row.outcome, verdict: row.verdict },
        verdictAt: row.verdict_at,
      },
    ];
  });
}

/** No device has two of them open at once: each is settled before the next one is sent. */
function overlapping(sent: readonly Sent[]): readonly string[] {
  return sent.flatMap((one, index) => {
    const next = sent.slice(index + 1).find(({ device }) => device === one.device);
    const isOver = one.verdictAt !== null && next !== undefined && one.verdictAt <= next.at;
    return next === undefined || isOver ? [] : [one.device];
  });
}

/** Devices that got two downloads without a read between them. */
function unread(calls: readonly CallRecord[], read: string, download: string): readonly string[] {
  return [...byDevice(calls)].flatMap(([serial, own]) => {
    const telling = own
      .map(({ operation }) => operation)
      .filter((o) => o === read || o === download);
    return telling.some((o, i) => o === download && telling[i + 1] === download) ? [serial] : [];
  });
}

/** Proofs that came too early: their soak is what statement 8 asks for. */
function soakedTooShort(sent: readonly Sent[]): readonly Sent[] {
  return sent.filter(
    ({ verdict, verdictAt, seenAt }) =>
      verdict === "verified" &&
      (seenAt === null || (verdictAt?.getTime() ?? 0) - seenAt.getTime() < SOAK_MS),
  );
}

/** What happened to devices behind an event. */
async function timeline(behind: number) {
  return await world.database.db
    .selectFrom("events")
    .innerJoin("devices", "devices.device", "events.device")
    .select(["events.id", "devices.device_id as id_text", "type", "data"])
    .where("events.id", ">", behind)
    .orderBy("events.id")
    .execute();
}

/** User name and password, as the CPE holds them. */
function loginOf(entry: Entry): readonly (string | undefined)[] {
  const { cpe } = world.acs.acs.look(entry);
  const home = cpe.model.credential;
  return home === null
    ? []
    : [home.user, home.password].map((path) => findNode(cpe, path)?.value?.replace(/@.*/, ""));
}

async function statuses() {
  return await world.database.db
    .selectFrom("device_status")
    .innerJoin("devices", "devices.device", "device_status.device")
    .select(["device_id as id", "state", "reason", "message"])
    .execute();
}

describe("firmware", () => {
  it(
    "goes step by step, one at a time and never blindly; it counts with its version, a newer boot and 15 min soak " +
      "(statement 8, I3, I4, I15)",
    async () => {
      const entries = await open({ count: COUNT });
      const { acs, clock, stack } = world;
      entries.forEach((entry, index) => {
        runs(entry, ["1.0.0", "1.1.0", "1.0.0", "1.2.0", "0.9.0"][index % 5] ?? "");
      });
      entries.forEach((entry, index) => {
        if (index % 10 === 5) makes(entry, "not-taken");
        if (index % 20 === 11) makes(entry, "never-returns");
      });
      const kinds = (from: string) => entries.filter((entry) => versionOf(entry) === from);
      const [strangers, done] = [kinds("0.9.0"), kinds("1.2.0")];
      await stack.seed({ frequency: false });
      const controller = world.start();
      await world.until(
        "all are known",
        async () => (await inState("converged")) === COUNT,
        2 * HOUR,
        20_000,
      );

      await apply([image("1.1.0", ["1.0.0"]), image("1.2.0", ["1.1.0"])]);
      const fromMs = clock.monotonicMs();
      await apply([wanted("1.2.0")], COUNT);
      await world.until("some are sent", async () => (await downloads()).length >= 5, HOUR, 10_000);
      controller.kill();
      world.start();
      const quirk = (flash: string) => (entry: Entry) => entry.state.cpe.flash === flash;
      const mortal = entries.filter(quirk("never-returns"));
      // In the middle of downloads, boots and soaks. Not for one whose end its firmware is to be: it would get it twice.
      const fetch = entries.filter((entry) => acs.acs.look(entry).transfer !== null);
      const dark = [...fetch, ...entries.slice(-3)].filter((entry) => !mortal.includes(entry));
      const cut = { ids: dark.map(({ device }) => device.id) };
      expect(fetch.length).toBeGreaterThan(2);
      acs.setPower(false, cut);
      await clock.advance(20 * MINUTE);
      acs.setPower(true, cut);

      const isPlain = (entry: Entry): boolean =>
        !strangers.includes(entry) && (done.includes(entry) || entry.state.cpe.flash === "runs");
      const plain = entries.filter(isPlain);
      const lost = mortal.filter((entry) => !strangers.includes(entry) && !done.includes(entry));
      const stale = entries.filter((entry) => !plain.includes(entry) && quirk("not-taken")(entry));
      const stubborn = stale.filter((entry) => !strangers.includes(entry));
      await world.until(
        "all that can run it",
        async () => {
          const counts = await stack.states();
          return (
            counts["converged"] === plain.length &&
            counts["quarantined"] === stubborn.length &&
            counts["failed"] === lost.length
          );
        },
        12 * HOUR,
        MINUTE,
      );
      expect(plain.map(versionOf)).toEqual(plain.map(() => "1.2.0"));
      expect(Math.min(lost.length, stubborn.length, strangers.length)).toBeGreaterThan(0);

      const sent = await downloads();
      const calls = acs.calls.after(0, 1_000_000);
      const made = calls.filter(({ operation }) => operation === "FTDownloadFile");
      const failed = sent.filter(({ verdict }) => verdict === "failed").length;
      const told = sent.map(({ seenAt, verdictAt, verdict }) =>
        verdict === "verified" ? (verdictAt?.getTime() ?? 0) - (seenAt?.getTime() ?? 0) : Infinity,
      );
      process.stdout.write(
        `firmware, statement 8: ${COUNT} CPEs, ${made.length} downloads (${failed} failed), at most 1 at a time for a ` +
          `CPE, ${unread(calls, READ, "FTDownloadFile").length} without a read between; ${plain.length} converged, ` +
          `${stubborn.length} quarantined, ${lost.length} not back, ${dark.length} without power in the middle, ${strangers.length} without a path; shortest soak ` +
          `${(Math.min(...told) / MINUTE).toFixed(1)} min (target 15); ` +
          `${Math.round((clock.monotonicMs() - fromMs) / MINUTE)} min (simulated)\n`,
      );
      expect(overlapping(sent)).toEqual([]);
      expect(unread(calls, READ, "FTDownloadFile")).toEqual([]);
      expect(soakedTooShort(sent)).toEqual([]);
      // What the crash left without an answer, or a power cut in the middle, failed at nothing (I3, I9).
      const isUncertain = ({ device, outcome, verdict }: Sent): boolean =>
        verdict === "lost" && (outcome === null || cut.ids.includes(device));
      // Those that do not take it: a second try, and no third one in the same way.
      for (const { device } of stubborn) {
        const own = sent.filter((one) => one.device === device.id);
        const judged = own.filter((one) => !isUncertain(one));
        expect(judged.map(({ verdict }) => verdict)).toEqual(["failed", "failed"]);
      }
      for (const { device } of [...strangers, ...done])
        expect(sent.filter((one) => one.device === device.id)).toEqual([]);
      const shown = await statuses();
      const of = (entry: Entry) => shown.find(({ id }) => id === entry.device.id);
      for (const entry of strangers) {
        expect(of(entry)).toMatchObject({ state: "drifted", reason: "NoFirmwarePath" });
        expect(of(entry)?.message).toContain("no image leads there from 0.9.0");
      }
      for (const entry of lost) {
        const own = sent.filter((one) => one.device === entry.device.id);
        const judged = own.filter((one) => !isUncertain(one));
        expect(judged, "never sent again without a read").toHaveLength(1);
        expect(of(entry)).toMatchObject({ state: "failed", reason: "NotReturned" });
        expect(of(entry)?.message).toMatch(/image wimax-1\.[12]\.0 .*sent .*last sign of life/);
      }
      const events = await world.database.db
        .selectFrom("events")
        .select(["type", "data"])
        .where("type", "in", ["DeviceNotReturned", "FirmwareFailed"])
        .execute();
      const gone = events.filter(({ type }) => type === "DeviceNotReturned");
      expect(gone.map(({ data }) => data)).toEqual(
        lost.map(
          () => expect.objectContaining({ sentAt: expect.any(String) as string }) as unknown,
        ),
      );
      expect(events.length - gone.length).toBe(failed);
    },
    10 * MINUTE,
  );

  it(
    "goes the same way through a GenieACS, and leaves no task and no fault there, also when its file server fails",
    async () => {
      const entries = await open({ count: 4 }, "genieacs");
      const { acs, stack } = world;
      await upload("1.1.0");
      await upload("1.2.0");
      await stack.seed({ frequency: false });
      world.start();
      await apply([image("1.1.0", ["1.0.0"]), image("1.2.0", ["1.1.0"]), wanted("1.2.0")], 4);
      acs.setTrouble({ fileServer: "fails-9010" });
      const failures = async () =>
        (await downloads()).filter(({ verdict }) => verdict === "failed");
      await world.until("it fails", async () => (await failures()).length >= 2, 2 * HOUR, MINUTE);
      acs.setTrouble({ fileServer: "answers" });
      const took = await world.until(
        "all converged",
        async () => (await inState("converged")) === 4,
        30 * HOUR,
        5 * MINUTE,
      );
      expect(entries.map(versionOf)).toEqual(entries.map(() => "1.2.0"));
      const sent = await downloads();
      const calls = acs.calls.after(0, 1_000_000);
      expect(overlapping(sent)).toEqual([]);
      expect(soakedTooShort(sent)).toEqual([]);
      expect(unread(calls, "task provisions", "task download")).toEqual([]);
      expect([await listed("tasks"), await listed("faults")]).toEqual([[], []]);
      process.stdout.write(
        `firmware through a GenieACS: 4 CPEs, ${sent.length} downloads, ${(await failures()).length} failed; converged ` +
          `${Math.round(took / MINUTE)} min after the file server came back, no task and no fault left (simulated)\n`,
      );
    },
    10 * MINUTE,
  );

  it("that resets a CPE has what it reset written again before that counts as converged; a change that comes while it is fetched waits, and says so (I4, I6)", async () => {
    const entries = await open({ count: 2 });
    const { acs, stack } = world;
    const [reset, moved] = entries;
    if (reset === undefined || moved === undefined) throw new Error("two CPEs");
    for (const entry of entries) runs(entry, "1.1.0");
    makes(reset, "resets");
    await stack.seed({ frequency: false });
    world.start();
    const all = async () => (await inState("converged")) === entries.length;
    await world.until("all are known", all, 2 * HOUR, 20_000);
    const lastEvent = async (): Promise<number> => (await timeline(0)).at(-1)?.id ?? 0;
    const from = await lastEvent();
    await apply([image("1.2.0"), wanted("1.2.0")], entries.length);
    const fetching = () => entries.every((entry) => acs.acs.look(entry).transfer !== null);
    await world.until("both fetch it", fetching, HOUR, 10_000);
    const credentials = {
      ...{ username: "moved", realm: "isp.example" },
      password: new Secret("a-new-one"),
    };
    await stack.put(moved.device.id, { credentials });
    const waits = async () =>
      (await statuses()).some(({ message }) => message.includes("credentials has to wait"));
    await world.until("it says that it waits", waits, 4 * MINUTE, 5_000);
    expect(acs.acs.look(moved).transfer, "while it is fetched").not.toBe(null);
    const took = await world.until("all converged", all, 3 * HOUR, 20_000);

    expect(entries.map(versionOf)).toEqual(["1.2.0", "1.2.0"]);
    expect([reset, moved].map(loginOf)).toEqual([
      [`sub${reset.device.serial.toLowerCase()}`, `pw-sub${reset.device.serial.toLowerCase()}`],
      ["moved", "a-new-one"],
    ]);
    expect(reset.state.cpe.resets).toBe(1);
    const told = byDevice(acs.calls.after(0, 1_000_000));
    for (const { device } of entries) {
      const operations = (told.get(device.serial) ?? []).map(({ operation }) => operation);
      const behind = operations.slice(operations.indexOf("FTDownloadFile") + 1);
      // Read first, then written; and written once.
      expect(behind.indexOf(READ)).toBeLessThan(behind.indexOf(WRITE));
      expect(behind.filter((operation) => operation === WRITE)).toHaveLength(1);
      const own = (await timeline(from)).filter((event) => event.id_text === device.id);
      const at = (holds: (event: (typeof own)[number]) => boolean) => own.findIndex(holds);
      const verified = at(({ type, data }) => {
        return type === "ChangeVerified" && JSON.stringify(data).includes('"credentials"');
      });
      const converged = at(({ type, data }) => {
        return type === "StateChanged" && (data as { to?: string }).to === "converged";
      });
      expect(verified).toBeGreaterThan(-1);
      expect(converged, "and not before that").toBeGreaterThan(verified);
    }
    process.stdout.write(
      `firmware that resets: what it reset was written once more, behind a read, and proven before the CPE counted; an ` +
        `urgent change waited for the fetched one, and said so; both within ${Math.round(took / MINUTE)} min (simulated)\n`,
    );
  });
});
