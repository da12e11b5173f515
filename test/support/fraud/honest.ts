/** Honest look-alikes. Whatever is suspected of them, nothing may ever be confirmed. */
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

export interface Honest {
  readonly name: string;
  readonly build: (w: World) => void;
}

const both = (w: World, role: "lac" | "lns" | null = null): void => {
  w.facts.nases.push({
    name: "lns-1",
    aliases: [],
    sources: [],
    role: role === null ? null : "lns",
    failoverGroup: null,
  });
  w.facts.nases.push({
    name: "lac-1",
    aliases: [],
    sources: [],
    role: role === null ? null : "lac",
    failoverGroup: null,
  });
};
const grouped = (w: World): void => {
  w.facts.nases.splice(
    0,
    2,
    ...w.facts.nases.slice(0, 2).map((nas) => ({ ...nas, failoverGroup: "south" })),
  );
};
/** A line that is cut: the NAS goes on reporting until its timer ends, with counters that stand still. */
const cut = (w: World, n: number, from: number, ms: number, more = {}): void => {
  const linger = w.minutes(1, 4.9);
  w.atHome(n, from, ms + linger, { goneAt: from + ms, stop: "Lost-Carrier", ...more });
};

export const HONEST: readonly Honest[] = [
  {
    name: "a customer's usual day",
    build: (w) => {
      w.customer(1);
      w.informs(1, T0, 10 * HOUR);
      for (let n = 0; n < 3; n += 1) w.atHome(1, T0 + n * 3 * HOUR, w.minutes(60, 170));
    },
  },
  {
    name: "a NAS restarts, with and without saying so, and its CPEs dial again",
    build: (w) => {
      const at = T0 + w.minutes(60, 120);
      for (let n = 1; n < 8; n += 1) {
        w.customer(n);
        w.atHome(n, T0 + w.minutes(0, 30), at - T0 - 20 * MINUTE, { stop: null });
        w.atHome(n, at + w.minutes(1, 9), HOUR);
      }
      if (w.random() < 0.5) w.packet("nas_on", at, { line: null }, null, null);
    },
  },
  {
    name: "a CPE fails over to another NAS while the first still keeps its session",
    build: (w) => {
      if (w.random() < 0.5) grouped(w);
      w.customer(1);
      const ms = w.minutes(40, 90);
      cut(w, 1, T0, ms);
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + ms + w.minutes(0.3, 1),
        ms: 2 * HOUR,
        nas: CPT,
        line: "x/1",
      });
    },
  },
  {
    name: "a failover whose first NAS sends no Stop",
    build: (w) => {
      grouped(w);
      w.customer(1);
      const ms = w.minutes(40, 90);
      w.atHome(1, T0, ms + w.minutes(1, 4), { goneAt: T0 + ms, stop: null });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + ms + 20 * SECOND,
        ms: 2 * HOUR,
        nas: CPT,
        line: "x/1",
      });
    },
  },
  {
    name: "two NASes of a group mirror one session for hours",
    build: (w) => {
      grouped(w);
      w.customer(1);
      w.atHome(1, T0, 3 * HOUR, { bytesASecond: 9_000 });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + w.minutes(0, 0.5),
        ms: 3 * HOUR,
        nas: CPT,
        line: "cpt/7",
        bytesASecond: 9_000,
      });
    },
  },
  {
    name: "a swap that was booked before",
    build: (w) => {
      const at = T0 + 2 * HOUR + w.minutes(0, 60);
      w.customer(1, {
        bindings: [bound(1, { untilAt: at }), bound(2, { version: 2, fromAt: at })],
        orders: [
          order("swap", at, { recordedAt: T0 - DAY, newMacs: [own(2)], newSerials: ["SN2"] }),
        ],
      });
      w.atHome(1, T0, 2 * HOUR);
      w.session({
        user: user(1),
        mac: own(2),
        from: at - w.minutes(0, 20),
        ms: 5 * HOUR,
        line: "jhb/1",
      });
    },
  },
  {
    name: "a swap whose ticket came two hours after the work",
    build: (w) => {
      const at = T0 + HOUR + w.minutes(0, 60);
      const told = at + w.minutes(60, 150);
      w.customer(1, {
        orders: [
          order("swap", w.random() < 0.5 ? at : told, {
            recordedAt: told,
            newMacs: [own(2)],
            newSerials: ["SN2"],
          }),
        ],
      });
      w.informs(1, T0 - 3 * HOUR, 4 * HOUR);
      w.atHome(1, T0, HOUR);
      w.session({ user: user(1), mac: own(2), from: at, ms: 6 * HOUR, line: "jhb/1" });
      w.sight("SN2", at + 10 * MINUTE, {
        wanMacs: [own(2)],
        credential: digest(user(1)),
        sourceSite: "jhb/1",
      });
    },
  },
  {
    name: "a swap in which both boxes run side by side for an hour, booked",
    build: (w) => {
      const at = T0 + HOUR;
      w.customer(1, { orders: [order("swap", at, { recordedAt: T0, newMacs: [own(2)] })] });
      w.atHome(1, T0, w.minutes(100, 150));
      w.session({ user: user(1), mac: own(2), from: at, ms: 6 * HOUR, nas: CPT, line: "cpt/3" });
    },
  },
  {
    name: "a repair: the box is tried on a bench with the customer's credential, beside the one on loan",
    build: (w) => {
      w.customer(1, { orders: [order("swap", T0, { newMacs: [own(2)] })] });
      w.session({ user: user(1), mac: own(2), from: T0, ms: 8 * HOUR, line: "jhb/1" });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + w.minutes(60, 120),
        ms: 3 * HOUR,
        line: "bench/1",
      });
    },
  },
  {
    name: "two faulty boxes in one day, each with a ticket",
    build: (w) => {
      w.customer(1, {
        orders: [
          order("swap", T0 + 2 * HOUR, { newMacs: [own(2)] }),
          order("swap", T0 + 5 * HOUR, { newMacs: [own(3)] }),
        ],
      });
      w.atHome(1, T0, HOUR);
      w.session({ user: user(1), mac: own(2), from: T0 + 2 * HOUR, ms: 2 * HOUR, line: "jhb/1" });
      w.session({ user: user(1), mac: own(3), from: T0 + 5 * HOUR, ms: 5 * HOUR, line: "jhb/1" });
    },
  },
  {
    name: "a whole town loses power and returns in five minutes",
    build: (w) => {
      const at = T0 + 2 * HOUR;
      for (let n = 1; n < 25; n += 1) {
        w.customer(n);
        w.atHome(n, T0, HOUR + w.minutes(1, 50), {
          stop: w.random() < 0.5 ? null : "Lost-Carrier",
        });
        const swap = w.random() < 0.1;
        w.session({
          user: user(n),
          mac: own(n),
          from: at + w.minutes(0, 4),
          ms: HOUR,
          line: swap ? `vlan/${n}` : `jhb/${n}`,
        });
      }
    },
  },
  {
    name: "a spool is replayed six hours late, after the CPE has dialled elsewhere",
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 2 * HOUR, { heldUntil: T0 + 8 * HOUR });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + 2 * HOUR + w.minutes(2, 20),
        ms: w.minutes(3, 8),
        nas: CPT,
        line: "x/4",
      });
      w.atHome(1, T0 + 3 * HOUR, 5 * HOUR);
    },
  },
  {
    name: "the spool's times are estimated",
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 2 * HOUR, {
        heldUntil: T0 + 4 * HOUR,
        estimated: true,
        nas: CPT,
        line: "cpt/1",
      });
      w.atHome(1, T0 + 3 * HOUR, 3 * HOUR);
    },
  },
  {
    name: "a Stop is lost, and the customer plugs another box in for a moment",
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, HOUR, { stop: null });
      w.session({
        user: user(1),
        mac: alien(1),
        from: T0 + HOUR + w.minutes(1, 9),
        ms: w.minutes(2, 4),
        line: "jhb/1",
      });
      w.atHome(1, T0 + 2 * HOUR, HOUR);
    },
  },
  {
    name: "a Stop comes two hours late with the time at which it was sent",
    build: (w) => {
      w.customer(1);
      const id = w.atHome(1, T0, HOUR, { stop: null });
      w.packet(
        "stop",
        T0 + 3 * HOUR,
        { user: user(1), mac: own(1), line: "jhb/1", id, stop: "User-Request" },
        3_600,
        1n << 30n,
      );
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + HOUR + MINUTE,
        ms: 3 * HOUR,
        nas: CPT,
        line: "x/3",
      });
    },
  },
  {
    name: "a lease keeps a session for hours after its CPE went, with counters that stand still",
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 6 * HOUR, { goneAt: T0 + HOUR + 100 * SECOND, stop: "Idle-Timeout" });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + HOUR + 3 * MINUTE,
        ms: 3 * HOUR,
        nas: CPT,
        line: "x/3",
      });
    },
  },
  {
    name: "dual stack: one session for each family, on two port names, with and without a multi session id",
    build: (w) => {
      w.customer(1);
      const multi = w.random() < 0.5 ? { multi: "m-1" } : {};
      w.atHome(1, T0, 4 * HOUR, multi);
      w.atHome(1, T0 + w.minutes(0, 0.4), 4 * HOUR, { line: "jhb/1.v6", ...multi });
    },
  },
  {
    name: "multilink and handover under one multi session id, with two MACs",
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 4 * HOUR, { multi: "bundle" });
      w.session({
        user: user(1),
        mac: own(2),
        from: T0 + w.minutes(1, 60),
        ms: 3 * HOUR,
        line: "jhb/2",
        multi: "bundle",
      });
    },
  },
  {
    name: "LAC and LNS both account for one tunnelled session; roles known",
    build: (w) => {
      both(w, "lac");
      w.customer(1);
      w.atHome(1, T0, 4 * HOUR, { nas: "lac-1", line: "atm 1/2:3" });
      w.session({
        user: user(1),
        mac: null,
        from: T0 + w.minutes(0, 3),
        ms: 4 * HOUR,
        nas: "lns-1",
        line: "vi 77",
      });
    },
  },
  {
    name: "LAC and LNS, roles unknown, and the LNS tells no MAC",
    build: (w) => {
      both(w);
      w.customer(1);
      w.atHome(1, T0, 4 * HOUR, { nas: "lac-1", line: "atm 1/2:3" });
      w.session({
        user: user(1),
        mac: null,
        from: T0 + w.minutes(0, 0.5),
        ms: 4 * HOUR,
        nas: "lns-1",
        line: "vi 77",
      });
    },
  },
  {
    name: "LAC and LNS, roles unknown, one MAC, and the clock of the LNS ten minutes off",
    build: (w) => {
      both(w);
      w.customer(1);
      w.atHome(1, T0, 4 * HOUR, { nas: "lac-1", line: "atm 1/2:3", bytesASecond: 10_000 });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + 5 * SECOND,
        ms: 4 * HOUR,
        nas: "lns-1",
        line: "vi 77",
        bytesASecond: 10_200,
        clockMs: (w.random() < 0.5 ? 10 : -10) * MINUTE,
      });
    },
  },
  {
    name: "a wholesale partner reports the session a second time under its own NAS",
    build: (w) => {
      w.customer(1);
      const at = T0 + w.minutes(0, 30);
      w.atHome(1, at, 5 * HOUR, { bytesASecond: 40_000 });
      w.atHome(1, at + w.minutes(0, 0.3), 5 * HOUR, {
        nas: "partner-7",
        line: "p/1",
        bytesASecond: 40_000,
      });
    },
  },
  {
    name: "a port is renamed under a running session",
    build: (w) => {
      w.customer(1);
      const id = w.atHome(1, T0, 2 * HOUR, { stop: null });
      for (let n = 1; n < 10; n += 1) {
        w.packet(
          "interim",
          T0 + 2 * HOUR + n * 5 * MINUTE,
          { user: user(1), mac: own(1), id, line: "xe-0/0/1.1" },
          7_200 + n * 300,
          BigInt(n) << 33n,
        );
      }
    },
  },
  {
    name: "a NAS gets another name while sessions run",
    build: (w) => {
      w.customer(1);
      const id = w.atHome(1, T0, 2 * HOUR, { stop: null });
      for (let n = 1; n < 10; n += 1) {
        w.packet(
          "interim",
          T0 + 2 * HOUR + n * 5 * MINUTE,
          { user: user(1), mac: own(1), id, line: "jhb/1", nas: "bng-jhb-one" },
          7_200 + n * 300,
          BigInt(n) << 33n,
        );
      }
    },
  },
  {
    name: "the ports of a card are renamed, so that each name now means a neighbour",
    build: (w) => {
      for (let n = 1; n < 6; n += 1) {
        w.customer(n);
        w.atHome(n, T0, 2 * HOUR);
        w.atHome(n, T0 + 3 * HOUR + w.minutes(0, 20), 30 * HOUR, {
          line: `jhb/${n + 1}`,
          intervalMs: HOUR,
        });
      }
    },
  },
  {
    name: "a NAS gives session ids again after a restart that it does not tell",
    build: (w) => {
      w.customer(1);
      w.customer(2);
      w.atHome(1, T0, HOUR, { id: "00000001", stop: null });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + 2 * HOUR,
        ms: HOUR,
        line: "jhb/1",
        id: "00000001",
      });
      w.atHome(2, T0 + 10 * MINUTE, HOUR, { id: "00000001" });
    },
  },
  {
    name: "thirty customers show one outer identity",
    build: (w) => {
      const outer = w.random() < 0.5;
      for (let n = 1; n < 31; n += 1) {
        w.customer(n);
        w.session({
          user: outer ? "anonymous@isp.example" : "{am=1}anon@isp.example",
          outer,
          mac: own(n),
          from: T0 + w.minutes(0, 60),
          ms: HOUR,
          line: `jhb/${n}`,
        });
      }
    },
  },
  {
    name: "a technical name that nobody listed, on twenty boxes",
    build: (w) => {
      for (let n = 1; n < 21; n += 1) {
        w.session({
          user: "wholesale@partner.example",
          mac: own(n),
          from: T0 + w.minutes(0, 60),
          ms: 2 * HOUR,
          line: `jhb/${n}`,
        });
      }
    },
  },
  {
    name: "one class for everybody does not join logins with sessions",
    build: (w) => {
      for (const n of [1, 2, 3]) {
        w.customer(n);
        w.packet(
          "accept",
          T0 + n * 10 * SECOND,
          { user: user(n), mac: own(n), line: `jhb/${n}`, class: "00" },
          null,
          null,
        );
        w.session({
          user: "anon@isp.example",
          outer: true,
          mac: own(n),
          from: T0 + n * 10 * SECOND + 2 * SECOND,
          ms: HOUR,
          line: `jhb/${n}`,
          class: "00",
        });
      }
    },
  },
  {
    name: "an installer's shared credential, listed, on five boxes in a day",
    build: (w) => {
      w.facts.listed.push({
        digest: digest("installer@isp.example"),
        kind: "installer",
        untilAt: T0 + 30 * DAY,
      });
      for (let n = 1; n < 6; n += 1) {
        w.session({
          user: "installer@isp.example",
          mac: own(n),
          from: T0 + n * HOUR,
          ms: 90 * MINUTE,
          line: `jhb/${n}`,
        });
      }
    },
  },
  {
    name: "parking and monitoring credentials",
    build: (w) => {
      w.facts.listed.push(
        { digest: digest("park"), kind: "parking", untilAt: null },
        { digest: digest("probe"), kind: "probe", untilAt: null },
      );
      for (let n = 1; n < 6; n += 1) {
        w.session({ user: "park", mac: own(n), from: T0, ms: 5 * HOUR, line: `jhb/${n}` });
        w.session({
          user: "probe",
          mac: alien(n),
          from: T0 + n * MINUTE,
          ms: HOUR,
          nas: n % 2 === 0 ? JHB : CPT,
          line: `jhb/${n}`,
        });
      }
    },
  },
  {
    name: "new firmware shows another MAC of the same box",
    build: (w) => {
      w.customer(1);
      const mac = own(1).slice(0, -1) + "3";
      w.push("SN1", "firmware", T0 + HOUR, { firmware: "2.0" });
      w.informs(1, T0 - HOUR, 2 * HOUR);
      w.atHome(1, T0, HOUR);
      w.session({
        user: user(1),
        mac,
        from: T0 + HOUR + 3 * MINUTE,
        ms: 30 * HOUR,
        line: "jhb/1",
        intervalMs: HOUR,
      });
      w.sight("SN1", T0 + HOUR + w.minutes(5, 600), {
        wanMacs: [mac],
        credential: digest(user(1)),
        firmware: "2.0",
      });
    },
  },
  {
    name: "new firmware shows another MAC, and the ACS has not heard of it for a day",
    build: (w) => {
      w.customer(1);
      const mac = own(1).slice(0, -1) + "2";
      w.informs(1, T0 - 3 * HOUR, 3 * HOUR);
      w.session({ user: user(1), mac, from: T0, ms: 40 * HOUR, line: "jhb/1", intervalMs: HOUR });
    },
  },
  {
    name: "the bound CPE informs through the session of the strange MAC: an ONT in front of it",
    build: (w) => {
      w.customer(1);
      w.session({
        user: user(1),
        mac: alien(1),
        from: T0,
        ms: 40 * HOUR,
        line: "jhb/1",
        intervalMs: HOUR,
        framed: "100.64.0.9",
      });
      w.informs(1, T0, 40 * HOUR, { sourceAddress: "100.64.0.9", sourceSite: null });
    },
  },
  {
    name: "a box with two WAN ports takes turns, as the ACS shows",
    build: (w) => {
      w.customer(1);
      w.sight("SN1", T0, { wanMacs: [own(1), own(2)] });
      for (let n = 0; n < 6; n += 1)
        w.session({
          user: user(1),
          mac: own(1 + (n % 2)),
          from: T0 + n * HOUR,
          ms: 50 * MINUTE,
          line: `jhb/${1 + (n % 2)}`,
        });
    },
  },
  {
    name: "clocks of two NASes ten minutes apart, and a CPE that moves between them",
    build: (w) => {
      w.customer(1);
      const ms = w.minutes(60, 120);
      const clockMs = 10 * MINUTE;
      const fast = w.random() < 0.5;
      w.atHome(1, T0, ms, fast ? { clockMs } : {});
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + ms + w.minutes(1, 2),
        ms: 2 * HOUR,
        nas: CPT,
        line: "x/1",
        ...(fast ? {} : { clockMs: -clockMs }),
      });
    },
  },
  {
    name: "clocks ten minutes apart, and a booked swap between two NASes",
    build: (w) => {
      const at = T0 + 2 * HOUR;
      w.customer(1, {
        bindings: [bound(1, { untilAt: at }), bound(2, { version: 2, fromAt: at })],
        orders: [order("swap", at, { newMacs: [own(2)] })],
      });
      w.atHome(1, T0, 2 * HOUR, { clockMs: 10 * MINUTE });
      w.session({
        user: user(1),
        mac: own(2),
        from: at + MINUTE,
        ms: 3 * HOUR,
        nas: CPT,
        line: "x/1",
      });
    },
  },
  {
    name: "a blank MAC, a VRRP MAC and a MAC that a bad batch shares",
    build: (w) => {
      for (let n = 1; n < 6; n += 1) {
        w.customer(n);
        w.sight(`SN${n}`, T0, { wanMacs: ["0002b3c0ffee"] });
        w.session({
          user: user(n),
          mac: n < 4 ? "0002b3c0ffee" : n === 4 ? "000000000000" : "00005e000101",
          from: T0 + n * MINUTE,
          ms: 3 * HOUR,
          line: `jhb/${n}`,
          nas: JHB,
        });
      }
    },
  },
  {
    name: "a move that was booked, and one whose order came two hours late",
    build: (w) => {
      const told = w.random() < 0.5 ? T0 - DAY : T0 + 2 * HOUR;
      w.customer(1, { orders: [order("move", T0, { recordedAt: told, toSite: "cpt/9" })] });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0 + 5 * MINUTE,
        ms: 20 * HOUR,
        nas: CPT,
        line: "cpt/9",
        intervalMs: 30 * MINUTE,
      });
    },
  },
  {
    name: "two customers' cables are crossed for two days",
    build: (w) => {
      w.customer(1);
      w.customer(2);
      w.atHome(1, T0, 50 * HOUR, { line: "jhb/2", intervalMs: HOUR });
      w.atHome(2, T0 + MINUTE, 50 * HOUR, { line: "jhb/1", intervalMs: HOUR });
    },
  },
  {
    name: "billing has crossed two serials: each box has the other's credential",
    build: (w) => {
      w.customer(1);
      w.customer(2);
      w.session({
        user: user(1),
        mac: own(2),
        from: T0,
        ms: 30 * HOUR,
        line: "jhb/1",
        intervalMs: HOUR,
      });
      w.session({
        user: user(2),
        mac: own(1),
        from: T0,
        ms: 30 * HOUR,
        line: "jhb/2",
        intervalMs: HOUR,
      });
      w.informs(1, T0, 30 * HOUR, { credential: digest(user(2)), sourceSite: "jhb/2" });
      w.informs(2, T0, 30 * HOUR, { credential: digest(user(1)), sourceSite: "jhb/1" });
    },
  },
  {
    name: "a nomadic plan, a plan of two sessions and a bridge that was sold",
    build: (w) => {
      const plan = { sessions: 1, nomadic: false, bridge: false, softphone: false };
      w.customer(1, { plan: { ...plan, nomadic: true } });
      w.session({
        user: user(1),
        mac: own(1),
        from: T0,
        ms: 30 * HOUR,
        nas: CPT,
        line: "cpt/9",
        intervalMs: HOUR,
      });
      w.customer(2, { plan: { ...plan, sessions: 2 } });
      w.atHome(2, T0, 30 * HOUR, { intervalMs: HOUR });
      w.session({
        user: user(2),
        mac: alien(2),
        from: T0 + HOUR,
        ms: 28 * HOUR,
        line: "jhb/8",
        intervalMs: HOUR,
      });
      w.customer(3, { plan: { ...plan, bridge: true } });
      w.informs(3, T0 - 3 * HOUR, HOUR);
      w.session({
        user: user(3),
        mac: alien(3),
        from: T0,
        ms: 30 * HOUR,
        line: "jhb/3",
        intervalMs: HOUR,
      });
    },
  },
  {
    name: "the race at the end of service, and a spool of sessions before it",
    build: (w) => {
      w.customer(1, { end: { at: T0, recordedAt: T0 } });
      w.atHome(1, T0 - 2 * HOUR, HOUR, { heldUntil: T0 + 5 * HOUR });
      w.atHome(1, T0 + 30 * SECOND, w.minutes(2, 12));
    },
  },
  {
    name: "an end that was entered after its date",
    build: (w) => {
      w.customer(1, { end: { at: T0, recordedAt: T0 + 3 * HOUR } });
      w.atHome(1, T0 + HOUR, w.minutes(60, 115));
    },
  },
  {
    name: "a NAS whose clock runs ten minutes fast, at the end of service",
    build: (w) => {
      w.customer(1, { end: { at: T0, recordedAt: T0 } });
      w.atHome(1, T0 - w.minutes(2, 9), w.minutes(3, 9), { clockMs: 10 * MINUTE });
    },
  },
  {
    name: "a service that is reactivated, and a name that is given out again",
    build: (w) => {
      w.customer(1, {
        end: { at: T0, recordedAt: T0 },
        orders: [order("reactivation", T0 + HOUR)],
      });
      w.atHome(1, T0 + w.minutes(65, 90), 5 * HOUR);
      const second = w.customer(2, { end: { at: T0, recordedAt: T0 } });
      w.facts.services.push({
        ...second,
        ref: "SVC-2b",
        end: null,
        bindings: [bound(2, { fromAt: T0 })],
      });
      w.atHome(2, T0 + 2 * HOUR, HOUR);
    },
  },
  {
    name: "a factory reset that gets its configuration after six minutes",
    build: (w) => {
      w.customer(1);
      w.facts.listed.push({ digest: digest("admin"), kind: "default", untilAt: null });
      w.informs(1, T0 - 5 * HOUR, 4 * HOUR);
      w.sight("SN1", T0, { credential: digest("admin"), events: ["0 BOOTSTRAP"] });
      w.push("SN1", "credential", T0 + 6 * MINUTE, { credential: digest(user(1)) });
      w.sight("SN1", T0 + 8 * MINUTE, { credential: digest(user(1)) });
    },
  },
  {
    name: "the ACS remembers the old box in the store room, and lists a renamed one twice",
    build: (w) => {
      w.customer(1);
      w.informs(1, T0, 5 * HOUR, { uptimeSeconds: null });
      w.sight("SN8", T0 - 3 * DAY, { live: false, wanMacs: [own(8)], credential: digest(user(1)) });
      w.facts.stock.push({ serial: "SN8", oui: "000C42", state: "in_stock", since: T0 - 3 * DAY });
      w.sight("SN1-old", T0 - 2 * DAY, { wanMacs: [own(1)], credential: digest(user(1)) });
    },
  },
  {
    name: "a box with a backup link informs from two networks in turn, with one uptime",
    build: (w) => {
      w.customer(1);
      const boot = T0 - 5 * DAY;
      for (let n = 0; n < 12; n += 1) {
        const at = T0 + n * 30 * MINUTE;
        w.sight("SN1", at, {
          sourceSite: n % 2 === 0 ? "jhb/1" : "jhb/30",
          uptimeSeconds: Math.round((at - boot) / SECOND),
        });
      }
    },
  },
  {
    name: "restarts whose Informs were lost, an uptime of zero, and reads that carry no events",
    build: (w) => {
      w.customer(1);
      const events = w.random() < 0.5 ? { events: [] } : {};
      w.sight("SN1", T0, { uptimeSeconds: 50_000, ...events });
      w.sight("SN1", T0 + HOUR, { uptimeSeconds: 0, ...events });
      w.sight("SN1", T0 + 2 * HOUR, { uptimeSeconds: 57_200, ...events });
      w.sight("SN1", T0 + 3 * HOUR, { uptimeSeconds: 600, ...events });
      w.sight("SN1", T0 + 4 * HOUR, { uptimeSeconds: 4_200, ...events });
    },
  },
  {
    name: "our own change waits, a vendor spells the name otherwise, and a reset undoes ours",
    build: (w) => {
      w.customer(1, { aliases: [digest("cpe-1"), digest("CPE-1@isp.example")] });
      w.customer(2);
      w.push("SN1", "credential", T0 - HOUR);
      w.informs(1, T0, 4 * HOUR, { credential: digest("CPE-1@isp.example") });
      w.facts.pending.push({ serial: "SN2", sinceAt: T0 });
      w.informs(2, T0, 4 * HOUR, { credential: digest(user(1) + "x") });
    },
  },
  {
    name: "a modem under test takes turns with the bound one, with a ticket",
    build: (w) => {
      w.customer(1, {
        tickets: [{ kind: "modem_test", fromAt: T0 - HOUR, untilAt: T0 + 2 * DAY, approvers: [] }],
      });
      for (let n = 0; n < 6; n += 1)
        w.session({
          user: user(1),
          mac: n % 2 === 0 ? own(1) : alien(1),
          from: T0 + n * 2 * HOUR,
          ms: HOUR,
          line: "jhb/1",
        });
    },
  },
  {
    name: "sixty CPEs of one mast move in four minutes",
    build: (w) => {
      w.facts.baseStations.push({ id: "bs-1", neighbours: [] }, { id: "bs-9", neighbours: [] });
      for (let n = 1; n < 12; n += 1) {
        w.customer(n);
        w.atHome(n, T0 - 30 * HOUR, 29 * HOUR, { station: "bs-1", intervalMs: 3 * HOUR });
        w.atHome(n, T0 + w.minutes(0, 4), 30 * HOUR, { station: "bs-9", intervalMs: 2 * HOUR });
      }
    },
  },
  {
    name: "one CPE repeats one wrong password for an hour after a rotation",
    build: (w) => {
      w.customer(1);
      w.push("SN1", "credential", T0 - HOUR, { credential: digest(user(1)) });
      for (let n = 0; n < 120; n += 1)
        w.packet(
          "reject",
          T0 + n * 5 * SECOND,
          { user: user(1), mac: own(1), line: "jhb/1" },
          null,
          null,
        );
      w.packet("accept", T0 + HOUR, { user: user(1), mac: own(1), line: "jhb/1" }, null, null);
    },
  },
  {
    name: "our own RADIUS rejects everybody, and a line of many customers",
    build: (w) => {
      for (let n = 1; n < 9; n += 1) {
        w.customer(n);
        w.atHome(n, T0 - 3 * HOUR, HOUR, { line: "mdu/1" });
        for (let k = 0; k < 10; k += 1)
          w.packet(
            "reject",
            T0 + k * 20 * SECOND,
            { user: user(n), mac: own(n), line: n < 5 ? "mdu/1" : `jhb/${n}` },
            null,
            null,
          );
      }
    },
  },
  {
    name: "a returned box on the repair bench, one given out again, and one of another maker",
    build: (w) => {
      w.facts.stock.push(
        { serial: "SN5", oui: "000C42", state: "returned", since: T0 - 3 * HOUR },
        { serial: "SN6", oui: "000C42", state: "returned", since: T0 - 30 * DAY },
        { serial: "SN7", oui: "D4CA6D", state: "stolen", since: T0 - 30 * DAY },
      );
      w.customer(6, { bindings: [bound(6, { fromAt: T0 - 10 * DAY })] });
      for (const n of [5, 6, 7])
        for (let k = 0; k < 4; k += 1) w.sight(`SN${n}`, T0 + k * HOUR, { wanMacs: [own(n)] });
    },
  },
  {
    name: "a burn-in with a ticket",
    build: (w) => {
      w.customer(1, {
        tickets: [{ kind: "burn_in", fromAt: T0 - HOUR, untilAt: T0 + 3 * DAY, approvers: [] }],
      });
      w.atHome(1, T0, 31 * HOUR, { line: "bench/1", intervalMs: HOUR });
    },
  },
  {
    name: "a migration that two people approved, and a system that reads secrets",
    build: (w) => {
      w.customer(1, {
        tickets: [
          { kind: "migration", fromAt: T0 - HOUR, untilAt: T0 + DAY, approvers: ["a", "b"] },
        ],
      });
      for (let n = 0; n < 30; n += 1) {
        const act = { kind: "reveal" as const, credential: digest(user(n)), caseId: null };
        w.facts.acts.push(
          { ...act, key: `p${n}`, actor: "agent-1", person: true, at: T0 + n * MINUTE },
          { ...act, key: `s${n}`, actor: "billing", person: false, at: T0 + n * MINUTE },
        );
      }
    },
  },
  {
    name: "voice: an app that was sold, a shared pool, and a contact that was left behind",
    build: (w) => {
      w.customer(1, { plan: { sessions: 1, nomadic: false, bridge: false, softphone: true } });
      w.customer(2);
      const contact = {
        credential: digest(user(1)),
        sharedPool: false,
        ofService: false,
        refreshedAt: [T0, T0 + HOUR, T0 + 2 * HOUR],
      };
      w.facts.registrations.push(
        { ...contact, key: "r1", network: "mobile" },
        { ...contact, key: "r2", credential: digest(user(2)), network: "cgn", sharedPool: true },
        {
          ...contact,
          key: "r3",
          credential: digest(user(2)),
          network: "before",
          ofService: true,
          refreshedAt: [T0],
        },
        {
          ...contact,
          key: "r4",
          credential: digest(user(2)),
          network: "after",
          ofService: true,
          refreshedAt: [T0 + 10 * MINUTE, T0 + HOUR],
        },
      );
      w.atHome(1, T0, 2 * HOUR);
      w.atHome(2, T0, 2 * HOUR);
    },
  },
  {
    name: "counters that wrap, counters that begin again after a restart, a NAS that moved to another address",
    build: (w) => {
      w.customer(1);
      const id = "77";
      w.packet("start", T0, { user: user(1), mac: own(1), line: "jhb/1", id }, null, null);
      w.packet(
        "interim",
        T0 + 5 * MINUTE,
        { user: user(1), mac: own(1), line: "jhb/1", id },
        300,
        4_294_967_000n,
      );
      w.packet(
        "interim",
        T0 + 10 * MINUTE,
        { user: user(1), mac: own(1), line: "jhb/1", id },
        600,
        12_000n,
      );
      w.customer(2);
      w.atHome(2, T0, 3 * HOUR, { nas: CPT, line: "cpt/2", sourceAddress: "203.0.113.9" });
    },
  },
  {
    name: "one way of a NAS's accounting is lost for an hour",
    build: (w) => {
      w.customer(1);
      const id = w.atHome(1, T0, HOUR, { stop: null });
      for (let n = 0; n < 6; n += 1)
        w.packet(
          "interim",
          T0 + 2 * HOUR + n * 5 * MINUTE,
          { user: user(1), mac: own(1), line: "jhb/1", id },
          7_200 + n * 300,
          BigInt(7_200 + n * 300) * 200_000n,
        );
    },
  },
  {
    name: "two PPP sessions of one box on virtual interfaces whose names change at every start",
    build: (w) => {
      w.customer(1);
      w.atHome(1, T0, 5 * HOUR, { line: "Virtual-Access2.15" });
      w.atHome(1, T0 + w.minutes(30, 60), 4 * HOUR, { line: "Virtual-Access2.99" });
    },
  },
  {
    name: "a customer's router makes up a MAC at every start, on one line",
    build: (w) => {
      w.customer(1, { plan: { sessions: 1, nomadic: false, bridge: true, softphone: false } });
      for (let n = 0; n < 5; n += 1)
        w.session({
          user: user(1),
          mac: `0200000000${n}${n}`,
          from: T0 + n * 2 * HOUR,
          ms: HOUR,
          line: "jhb/1",
        });
    },
  },
];
