/**
 * Hours of the day by the clock on a wall: `22:00-06:00` in `Africa/Johannesburg`. They may pass midnight. On the days on
 * which a zone changes its clocks the wall decides: an hour that comes twice counts twice, one that is left out not at all.
 *
 * Valid: `22:00-06:00`, `09:30-17:00`. Not valid: `22-6`, `22:00-22:00` (leave the hours out), `24:00-06:00`.
 */
export interface DailyHours {
  /** Minutes after midnight, 0 to 1439; never equal. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name. */
  readonly timeZone: string;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
export const DAY_MS = DAY_MINUTES * MINUTE_MS;

const FORM = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Undefined for anything that is not of the form, or spans nothing. */
export function parseDailyHours(text: string, timeZone: string): DailyHours | undefined {
  const [, fromHour, fromMin, toHour, toMin] = FORM.exec(text) ?? [];
  if (toMin === undefined) return undefined;
  const fromMinute = Number(fromHour) * 60 + Number(fromMin);
  const toMinute = Number(toHour) * 60 + Number(toMin);
  return fromMinute === toMinute ? undefined : { fromMinute, toMinute, timeZone };
}

/** `22:00-06:00 Africa/Johannesburg`. */
export function printDailyHours({ fromMinute, toMinute, timeZone }: DailyHours): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const time = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  return `${time(fromMinute)}-${time(toMinute)} ${timeZone}`;
}

/** How long they last on a day on which no clock is changed. ms */
export function lastingMs({ fromMinute, toMinute }: DailyHours): number {
  return ((toMinute - fromMinute + DAY_MINUTES) % DAY_MINUTES) * MINUTE_MS;
}

export function isWithin(hours: DailyHours, at: Date): boolean {
  return holds(hours, at.getTime());
}

/** The next moment at which they begin, or end. */
export function nextChange(hours: DailyHours, at: Date): Date {
  return new Date(changeAfter(hours, at.getTime()));
}

/** The last stretch of time that is within the hours and has begun before `untilMs`, cut to the two; null for none. */
export function lastStretch(
  hours: DailyHours,
  sinceMs: number,
  untilMs: number,
): { readonly startMs: number; readonly endMs: number } | null {
  let last: { readonly startMs: number; readonly endMs: number } | null = null;
  // No stretch is longer than a day, nor is the time between two: what is earlier cannot be the last one.
  let startMs = Math.max(sinceMs, untilMs - 3 * DAY_MS);
  while (startMs < untilMs) {
    const endMs = Math.min(untilMs, changeAfter(hours, startMs));
    if (holds(hours, startMs)) last = { startMs, endMs };
    startMs = endMs;
  }
  return last;
}

function holds({ fromMinute, toMinute, timeZone }: DailyHours, atMs: number): boolean {
  const minute = minuteOfDay(wallMs(atMs, timeZone));
  return fromMinute < toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute;
}

function changeAfter(hours: DailyHours, atMs: number): number {
  const { timeZone } = hours;
  const within = holds(hours, atMs);
  const wall = wallMs(atMs, timeZone);
  const target = within ? hours.toMinute : hours.fromMinute;
  const left = (target - minuteOfDay(wall) + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const whole = atMs - (atMs % MINUTE_MS);
  const next = whole + left * MINUTE_MS;
  const offset = wall - whole;
  if (wallMs(next, timeZone) - next === offset) return next;
  // The clocks are changed before that: up to then the wall goes like ours, and from there it is looked at anew.
  let [before, after] = [whole, next];
  while (after - before > MINUTE_MS) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (wallMs(middle, timeZone) - middle === offset) before = middle;
    else after = middle;
  }
  return holds(hours, after) === within ? changeAfter(hours, after) : after;
}

function minuteOfDay(wall: number): number {
  return Math.floor(wall / MINUTE_MS) % DAY_MINUTES;
}

/** Making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a zone that there is not */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const part = "2-digit" as const;
  const parts = { year: "numeric", month: part, day: part, hour: part, minute: part } as const;
  const format = new Intl.DateTimeFormat("en", { timeZone, hourCycle: "h23", ...parts });
  formats.set(timeZone, format);
  return format;
}

/** What the wall shows, to the minute, as if it were UTC. */
function wallMs(atMs: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(atMs);
  const shown = new Map(parts.map(({ type, value }) => [type, Number(value)]));
  const at = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
  return Date.UTC(at("year"), at("month") - 1, at("day"), at("hour"), at("minute"));
}
