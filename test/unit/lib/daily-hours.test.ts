import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isTimeZone,
  isWithin,
  lastingMs,
  lastStretch,
  nextChange,
  parseDailyHours,
  type DailyHours,
} from "../../../src/lib/daily-hours.ts";

const HOUR = 3_600_000;

function hoursOf(text: string, zone = "UTC"): DailyHours {
  const hours = parseDailyHours(text, zone);
  if (hours === undefined) throw new Error(text);
  return hours;
}

describe("hours of the day", () => {
  it.for([
    ["22:00-06:00", 8],
    ["09:00-17:30", 8.5],
    ["00:00-23:59", 24 - 1 / 60],
  ] as const)("%s are read, and last %d h", ([text, want]) => {
    expect(lastingMs(hoursOf(text)) / HOUR).toBeCloseTo(want);
  });

  it.for(["", "22-6", "22:00-22:00", "24:00-06:00", "22:60-06:00", "22:00 - 06:00", "2:00-6:00"])(
    "%j are none",
    (text) => {
      expect(parseDailyHours(text, "UTC")).toBeUndefined();
    },
  );

  it.for([
    ["Africa/Johannesburg", true],
    ["UTC", true],
    ["Mars/Olympus", false],
    ["", false],
  ] as const)("%j is a time zone: %s", ([name, want]) => {
    expect(isTimeZone(name)).toBe(want);
  });
});

interface Moment {
  readonly name: string;
  readonly hours: DailyHours;
  readonly at: string;
  readonly within: boolean;
  readonly change: string;
}

const BERLIN = "Europe/Berlin";

describe("a moment is within the hours by the clock on the wall", () => {
  it.for<Moment>([
    {
      name: "before midnight",
      hours: hoursOf("22:00-06:00"),
      at: "2026-03-01T23:15:20Z",
      within: true,
      change: "2026-03-02T06:00:00Z",
    },
    {
      name: "after midnight",
      hours: hoursOf("22:00-06:00"),
      at: "2026-03-02T05:59:59Z",
      within: true,
      change: "2026-03-02T06:00:00Z",
    },
    {
      name: "the moment at which they end is outside",
      hours: hoursOf("22:00-06:00"),
      at: "2026-03-02T06:00:00Z",
      within: false,
      change: "2026-03-02T22:00:00Z",
    },
    {
      name: "in a zone that is not ours",
      hours: hoursOf("22:00-06:00", "Africa/Johannesburg"),
      at: "2026-03-01T20:00:00Z",
      within: true,
      change: "2026-03-02T04:00:00Z",
    },
    {
      name: "the night in which the clocks go forward is an hour shorter",
      hours: hoursOf("22:00-06:00", BERLIN),
      at: "2026-03-28T21:00:00Z",
      within: true,
      change: "2026-03-29T04:00:00Z",
    },
    {
      name: "the night in which the clocks go back is an hour longer",
      hours: hoursOf("22:00-06:00", BERLIN),
      at: "2026-10-24T20:00:00Z",
      within: true,
      change: "2026-10-25T05:00:00Z",
    },
    {
      name: "hours that are left out that night begin the night after",
      hours: hoursOf("02:10-02:50", BERLIN),
      at: "2026-03-28T23:00:00Z",
      within: false,
      change: "2026-03-30T00:10:00Z",
    },
    {
      name: "hours that end in the hour that comes twice end once",
      hours: hoursOf("22:00-02:30", BERLIN),
      at: "2026-10-24T21:00:00Z",
      within: true,
      change: "2026-10-25T00:30:00Z",
    },
    {
      name: "and go on when it comes again",
      hours: hoursOf("22:00-02:30", BERLIN),
      at: "2026-10-25T00:30:00Z",
      within: false,
      change: "2026-10-25T01:00:00Z",
    },
  ])("$name", ({ hours, at, within, change }) => {
    expect(isWithin(hours, new Date(at))).toBe(within);
    expect(nextChange(hours, new Date(at)).toISOString()).toBe(new Date(change).toISOString());
  });

  it("which does not change before the next change says, and does then", () => {
    const hours = fc
      .tuple(
        fc.nat({ max: 1439 }),
        fc.nat({ max: 1439 }),
        fc.constantFrom("UTC", BERLIN, "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"),
      )
      .filter(([from, to]) => from !== to)
      .map(([fromMinute, toMinute, timeZone]): DailyHours => ({ fromMinute, toMinute, timeZone }));
    const from = Date.parse("2026-01-01T00:00:00Z");
    fc.assert(
      fc.property(
        hours,
        fc.nat({ max: 365 * 24 * 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (given, minute, share) => {
          const at = from + minute * 60_000;
          const change = nextChange(given, new Date(at)).getTime();
          const before = isWithin(given, new Date(at));
          expect(change).toBeGreaterThan(at);
          expect(isWithin(given, new Date(at + Math.floor((change - 1 - at) * share)))).toBe(
            before,
          );
          expect(isWithin(given, new Date(change))).toBe(!before);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("the last stretch within the hours", () => {
  const night = hoursOf("22:00-06:00");
  const at = (text: string): number => Date.parse(`2026-03-${text}:00Z`);

  it.for([
    ["is the night that is over", "01T12:00", "02T11:00", ["01T22:00", "02T06:00"]],
    ["is cut where it is not over", "01T12:00", "02T03:00", ["01T22:00", "02T03:00"]],
    ["is cut where it had begun", "01T23:30", "02T12:00", ["01T23:30", "02T06:00"]],
    ["is the later one of two", "01T23:00", "02T22:30", ["02T22:00", "02T22:30"]],
    ["is found at the end of three months", "01T12:00", "91T12:00", ["90T22:00", "91T06:00"]],
    ["is none by day", "02T07:00", "02T21:00", null],
  ] as const)("%s", ([, since, until, want]) => {
    const day = (text: string): number => {
      const [date = "", time = ""] = text.split("T");
      return at(`01T${time}`) + (Number(date) - 1) * 24 * HOUR;
    };
    const stretch = want === null ? null : { startMs: day(want[0]), endMs: day(want[1]) };
    expect(lastStretch(night, day(since), day(until))).toEqual(stretch);
  });
});
