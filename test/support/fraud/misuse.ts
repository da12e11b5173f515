/** Misuse, clumsy and sly. `proven`: the finding must be confirmed; else a suspicion is all that the evidence gives. */
import type { PatternId } from "../../../src/fraud/rules/pattern.ts";
import {
  alien,
  bound,
  CPT,
  DAY,
  digest,
  HOUR,
  JHB,
  MINUTE,
  order,
  own,
  SECOND,
  T0,
  user,
  World,
} from "./world.ts";

export interface Misuse {
  readonly name: string;
  readonly pattern: PatternId;
  readonly proven: boolean;
  readonly build: (w: World) => void;
}

const thief = (w: World, from: number, ms: number, more = {}): string =>
  w.session({ user: user(1), mac: alien(1), from, ms, nas: CPT, line: "cpt/9", ...more });

export const MISUSE: readonly Misuse[] = [
  {
    name: "two boxes in two towns use one credential for hours",
    pattern: "P01",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 6 * HOUR);
      thief(w, T0 + w.minutes(30, 90), w.minutes(60, 200));
    },
  },
  {
    name: "the thief was there first, and the customer comes home",
    pattern: "P01",
    proven: true,
    build: (w) => {
      w.customer(1);
      thief(w, T0, 5 * HOUR);
      w.atHome(1, T0 + w.minutes(40, 100), 3 * HOUR);
    },
  },
  {
    name: "the thief stays a quarter of an hour at a time",
    pattern: "P01",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 8 * HOUR);
      for (let n = 0; n < 6; n += 1) thief(w, T0 + n * HOUR + w.minutes(5, 30), w.minutes(12, 20));
    },
  },
  {
    name: "two boxes on one NAS, with lost Stops and a spool that came hours late",
    pattern: "P01",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 3 * HOUR, { stop: null });
      thief(w, T0 + w.minutes(20, 60), 2 * HOUR, {
        nas: JHB,
        line: "jhb/9",
        stop: null,
        heldUntil: T0 + 6 * HOUR,
      });
      w.atHome(1, T0 + 7 * HOUR, HOUR);
    },
  },
  {
    name: "concurrent use under a clock that is ten minutes off",
    pattern: "P01",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 5 * HOUR);
      thief(w, T0 + w.minutes(30, 60), 3 * HOUR, {
        clockMs: w.random() < 0.5 ? 10 * MINUTE : -10 * MINUTE,
      });
    },
  },
  {
    name: "a third box uses the credential in the middle of a swap of two others",
    pattern: "P01",
    proven: true,
    build: (w) => {
      w.customer(1, {
        orders: [order("swap", T0 + HOUR, { newMacs: [own(2)], newSerials: ["SN2"] })],
      });
      w.atHome(1, T0, 8 * HOUR);
      thief(w, T0 + w.minutes(70, 120), 4 * HOUR);
    },
  },
  {
    name: "the credential is shared in the same minutes in which the town's power returns, and goes on",
    pattern: "P01",
    proven: true,
    build: (w) => {
      w.customer(1);
      for (let n = 2; n < 14; n += 1) {
        w.customer(n);
        w.atHome(n, T0 + w.minutes(0, 2), HOUR);
      }
      w.atHome(1, T0 + MINUTE, 4 * HOUR);
      thief(w, T0 + 2 * MINUTE, 4 * HOUR);
    },
  },
  {
    name: "an old box goes on for two days after it was swapped out",
    pattern: "P01",
    proven: true,
    build: (w) => {
      w.customer(1, {
        bindings: [bound(1, { untilAt: T0 }), bound(2, { version: 2, fromAt: T0 })],
        orders: [order("swap", T0, { newMacs: [own(2)], newSerials: ["SN2"] })],
      });
      w.session({
        user: user(1),
        mac: own(2),
        from: T0 + 10 * MINUTE,
        ms: 60 * HOUR,
        line: "jhb/1",
        intervalMs: 30 * MINUTE,
      });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + HOUR,
        ms: 58 * HOUR,
        nas: CPT,
        line: "cpt/9",
        intervalMs: 30 * MINUTE,
      });
    },
  },
  {
    name: "tunnelled sessions of one inner name run at once",
    pattern: "P01",
    proven: true,
    build: (w) => {
      w.customer(1);
      const at = T0 + w.minutes(20, 60);
      w.packet(
        "accept",
        T0 - 5 * SECOND,
        { user: user(1), mac: own(1), line: "jhb/1" },
        null,
        null,
      );
      w.packet(
        "accept",
        at - 5 * SECOND,
        { user: user(1), mac: alien(1), nas: CPT, line: "cpt/9" },
        null,
        null,
      );
      w.session({ user: "anon@isp.example", outer: true, mac: own(1), from: T0, ms: 4 * HOUR });
      w.session({
        user: "anon@isp.example",
        outer: true,
        mac: alien(1),
        nas: CPT,
        line: "cpt/9",
        from: at,
        ms: 2 * HOUR,
      });
    },
  },
  {
    name: "a cloned MAC under the same name in another town",
    pattern: "P02",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 4 * HOUR);
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + w.minutes(20, 40),
        ms: 2 * HOUR,
        nas: CPT,
        line: "cpt/9",
      });
    },
  },
  {
    name: "a cloned MAC under another name on a port of the same NAS",
    pattern: "P02",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.customer(2);
      w.atHome(1, T0, 4 * HOUR);
      w.session({
        user: user(2),
        mac: own(1),
        from: T0 + w.minutes(20, 40),
        ms: 2 * HOUR,
        line: "jhb/9",
      });
    },
  },
  {
    name: "a cloned serial informs with the uptime of another life",
    pattern: "P03",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.sight("SN1", T0, { uptimeSeconds: 86_400 });
      w.sight("SN1", T0 + 5 * MINUTE, { uptimeSeconds: 120 + Math.floor(w.between(0, 100)) });
      w.sight("SN1", T0 + 10 * MINUTE, { uptimeSeconds: 87_000 });
    },
  },
  {
    name: "a cloned serial shows two versions in turn, from two sites",
    pattern: "P03",
    proven: true,
    build: (w) => {
      w.customer(1);
      for (let n = 0; n < 8; n += 1) {
        w.sight(
          "SN1",
          T0 + n * 40 * MINUTE,
          n % 2 === 0
            ? { firmware: "1.0", sourceSite: "jhb/1" }
            : { firmware: "9.9", sourceSite: "cpt/9" },
        );
      }
    },
  },
  {
    name: "the right CPE is carried to another town for a night",
    pattern: "P04",
    proven: false,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 3 * HOUR);
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + 6 * HOUR,
        ms: w.minutes(60, 400),
        nas: CPT,
        line: "cpt/9",
      });
    },
  },
  {
    name: "the customer's own router on his own line, while his CPE lies in a drawer",
    pattern: "P05",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.informs(1, T0 - 5 * HOUR, 4 * HOUR);
      w.session({
        user: user(1),
        mac: alien(1),
        from: T0,
        ms: 30 * HOUR,
        line: "jhb/1",
        intervalMs: 10 * MINUTE,
      });
    },
  },
  {
    name: "a foreign router on another line while the bound CPE informs at home",
    pattern: "P05",
    proven: true,
    build: (w) => {
      w.customer(1);
      thief(w, T0, 7 * HOUR);
      w.informs(1, T0, 7 * HOUR);
    },
  },
  {
    name: "a foreign router of many sessions, each shorter than two Interims",
    pattern: "P05",
    proven: false,
    build: (w) => {
      w.customer(1);
      for (let n = 0; n < 8; n += 1) thief(w, T0 + n * 30 * MINUTE, w.minutes(6, 9));
    },
  },
  {
    name: "a login and a session after the end of service",
    pattern: "P06",
    proven: true,
    build: (w) => {
      w.customer(1, { end: { at: T0, recordedAt: T0 } });
      const at = T0 + w.minutes(5, 300);
      w.packet("accept", at - SECOND, { user: user(1), mac: own(1), line: "jhb/1" }, null, null);
      w.atHome(1, at, w.minutes(20, 90));
    },
  },
  {
    name: "a session after the end whose Start was lost",
    pattern: "P06",
    proven: true,
    build: (w) => {
      w.customer(1, { end: { at: T0, recordedAt: T0 } });
      w.atHome(1, T0 + w.minutes(5, 60), w.minutes(40, 90), { withoutStart: true });
    },
  },
  {
    name: "a session that nobody ended with its service",
    pattern: "P07",
    proven: true,
    build: (w) => {
      w.customer(1, { end: { at: T0, recordedAt: T0 } });
      w.atHome(1, T0 - w.minutes(30, 300), 7 * HOUR);
    },
  },
  {
    name: "four boxes in three towns use one credential one after another",
    pattern: "P08",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, HOUR);
      for (let n = 1; n < 4; n += 1) {
        w.session({
          user: user(1),
          mac: alien(n),
          from: T0 + n * 3 * HOUR + w.minutes(0, 30),
          ms: w.minutes(30, 90),
          nas: CPT,
          line: `cpt/${n}`,
        });
      }
    },
  },
  {
    name: "an audit finds one user name on four CPEs",
    pattern: "P08",
    proven: true,
    build: (w) => {
      for (const n of [1, 2, 3, 4]) {
        w.customer(n);
        w.sight(`SN${n}`, T0 + n * MINUTE, { wanMacs: [own(n)], credential: digest(user(1)) });
        w.sight(`SN${n}`, T0 + HOUR + n * MINUTE, {
          wanMacs: [own(n)],
          credential: digest(user(1)),
        });
      }
    },
  },
  {
    name: "a credential is typed from one CPE into another",
    pattern: "P08",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.informs(1, T0 - 2 * HOUR, 6 * HOUR);
      w.sight("SN77", T0, { wanMacs: [alien(7)], credential: digest(user(1)) });
      w.sight("SN77", T0 + HOUR, { wanMacs: [alien(7)], credential: digest(user(1)) });
    },
  },
  {
    name: "a factory default is left in a box",
    pattern: "P09",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.facts.listed.push({ digest: digest("admin"), kind: "default", untilAt: null });
      const at = T0 + w.minutes(0, 10);
      w.sight("SN1", at, { credential: digest("admin"), events: ["0 BOOTSTRAP"] });
      w.sight("SN1", at + w.minutes(16, 60), { credential: digest("admin") });
    },
  },
  {
    name: "a box restarts every ten minutes and never gets its own login to the ACS",
    pattern: "P09",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.facts.listed.push({ digest: digest("acs-default"), kind: "default", untilAt: null });
      for (let n = 0; n < 6; n += 1) {
        w.sight("SN1", T0 + n * 10 * MINUTE, {
          secrets: [{ opens: "acs", digest: digest("acs-default") }],
          events: ["1 BOOT"],
        });
      }
    },
  },
  {
    name: "340 CPEs share one connection-request password",
    pattern: "P10",
    proven: true,
    build: (w) => {
      for (let n = 0; n < 34; n += 1) {
        w.sight(`SN${n}`, T0 + n * SECOND, {
          wanMacs: [own(n)],
          secrets: [{ opens: "connection_request", digest: digest("template") }],
        });
        w.sight(`SN${n}`, T0 + HOUR + n * SECOND, {
          wanMacs: [own(n)],
          secrets: [{ opens: "connection_request", digest: digest("template") }],
        });
      }
    },
  },
  {
    name: "a CPE holds and uses the credential of another customer",
    pattern: "P11",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.customer(2);
      w.informs(1, T0, 7 * HOUR, { credential: digest(user(2)) });
      w.session({ user: user(2), mac: own(1), from: T0 + HOUR, ms: 5 * HOUR, line: "jhb/1" });
    },
  },
  {
    name: "the user name is changed after we proved ours",
    pattern: "P11",
    proven: false,
    build: (w) => {
      w.customer(1);
      w.push("SN1", "credential", T0 - HOUR, { credential: digest(user(1)) });
      w.informs(1, T0, 4 * HOUR, { credential: digest("guest") });
    },
  },
  {
    name: "two boxes take turns on two lines for five days",
    pattern: "P12",
    proven: true,
    build: (w) => {
      w.customer(1);
      for (let day = 0; day < 6; day += 1) {
        const at = T0 - 4 * HOUR + day * DAY + w.minutes(0, 30);
        w.atHome(1, at, 7 * HOUR, { intervalMs: HOUR });
        thief(w, at + 8 * HOUR, 5 * HOUR, { intervalMs: HOUR });
      }
    },
  },
  {
    name: "two boxes take turns four times in one day",
    pattern: "P12",
    proven: true,
    build: (w) => {
      w.customer(1);
      for (let n = 0; n < 5; n += 1) {
        const at = T0 + n * 2 * HOUR;
        if (n % 2 === 0) w.atHome(1, at, w.minutes(40, 100));
        else thief(w, at, w.minutes(40, 100));
      }
    },
  },
  {
    name: "from Johannesburg to Cape Town in twelve minutes",
    pattern: "P13",
    proven: false,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, HOUR);
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + HOUR + w.minutes(5, 20),
        ms: 2 * HOUR,
        nas: CPT,
        line: "cpt/9",
      });
    },
  },
  {
    name: "a fixed wireless CPE hangs on a far base station",
    pattern: "P14",
    proven: false,
    build: (w) => {
      w.customer(1);
      w.facts.baseStations.push(
        { id: "bs-1", neighbours: ["bs-2"] },
        { id: "bs-2", neighbours: ["bs-1"] },
        { id: "bs-9", neighbours: [] },
      );
      w.atHome(1, T0 - 2 * DAY, 40 * HOUR, { station: "bs-1", intervalMs: HOUR });
      w.atHome(1, T0, w.minutes(60, 300), { station: "bs-9" });
    },
  },
  {
    name: "one line tries the names of five customers",
    pattern: "P15",
    proven: true,
    build: (w) => {
      for (let n = 1; n < 6; n += 1) w.customer(n);
      for (let n = 0; n < 40; n += 1) {
        w.packet(
          "reject",
          T0 + n * 13 * SECOND,
          { user: user(1 + (n % 5)), mac: alien(1), nas: CPT, line: "cpt/9" },
          null,
          null,
        );
      }
    },
  },
  {
    name: "twelve bad passwords and an accept from a new box",
    pattern: "P15",
    proven: false,
    build: (w) => {
      w.customer(1);
      for (let n = 0; n < 12; n += 1)
        w.packet(
          "reject",
          T0 + n * 20 * SECOND,
          { user: user(1), mac: alien(1), nas: CPT, line: "cpt/9" },
          null,
          null,
        );
      w.packet(
        "accept",
        T0 + 5 * MINUTE,
        { user: user(1), mac: alien(1), nas: CPT, line: "cpt/9" },
        null,
        null,
      );
    },
  },
  {
    name: "a box that was written off speaks weeks later",
    pattern: "P16",
    proven: true,
    build: (w) => {
      w.facts.stock.push({
        serial: "SN5",
        oui: "000C42",
        state: w.random() < 0.5 ? "written_off" : "stolen",
        since: T0 - 40 * DAY,
      });
      for (let n = 0; n < 4; n += 1)
        w.sight("SN5", T0 + n * HOUR, { wanMacs: [own(5)], firmware: "x" });
    },
  },
  {
    name: "a bench serves films for a day and a half",
    pattern: "P17",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 31 * HOUR, {
        line: "bench/1",
        intervalMs: 30 * MINUTE,
        bytesASecond: 300_000,
      });
    },
  },
  {
    name: "a secret is read without a case and used by a foreign router",
    pattern: "P18",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.facts.acts.push({
        key: "a1",
        kind: "reveal",
        actor: "agent-7",
        person: true,
        credential: digest(user(1)),
        caseId: null,
        at: T0,
      });
      thief(w, T0 + w.minutes(60, 180), 3 * HOUR);
    },
  },
  {
    name: "a person reads fourteen secrets in a morning",
    pattern: "P18",
    proven: false,
    build: (w) => {
      for (let n = 0; n < 14; n += 1) {
        w.facts.acts.push({
          key: `a${n}`,
          kind: "reveal",
          actor: "agent-7",
          person: true,
          credential: digest(user(n)),
          caseId: null,
          at: T0 + n * w.minutes(5, 10),
        });
      }
      w.customer(1);
    },
  },
  {
    name: "a voice credential registers from two networks and calls abroad",
    pattern: "P19",
    proven: true,
    build: (w) => {
      w.customer(1);
      const at = T0 + w.minutes(0, 30);
      w.facts.registrations.push(
        {
          key: "r1",
          credential: digest(user(1)),
          network: "home",
          sharedPool: false,
          ofService: true,
          refreshedAt: [T0, at + 2 * HOUR, at + 3 * HOUR],
        },
        {
          key: "r2",
          credential: digest(user(1)),
          network: "far",
          sharedPool: false,
          ofService: false,
          refreshedAt: [at, at + HOUR, at + 2 * HOUR],
        },
      );
      w.facts.calls.push({
        key: "c1",
        credential: digest(user(1)),
        hourAt: at,
        internationalMinutes: 190,
        meanMinutesADay: 2,
      });
      w.atHome(1, T0, 5 * HOUR);
    },
  },
  {
    name: "one session key carries two MACs at once",
    pattern: "P20",
    proven: true,
    build: (w) => {
      w.customer(1);
      const id = w.atHome(1, T0, 3 * HOUR);
      w.session({
        user: user(1),
        mac: alien(1),
        from: T0 + 20 * MINUTE,
        ms: HOUR,
        line: "jhb/1",
        id,
      });
    },
  },
  {
    name: "packets under a NAS's name from two addresses",
    pattern: "P20",
    proven: true,
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 2 * HOUR);
      w.atHome(1, T0 + 3 * HOUR, HOUR, { sourceAddress: "198.51.100.7" });
    },
  },
];
