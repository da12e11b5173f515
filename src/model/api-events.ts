/** What the API says of events; types for server and client alike. */

export interface ApiEvent {
  /** Its place in the order of commits; send the last one as `after` to go on. */
  readonly id: string;
  /** `desired.changed`. */
  readonly type: string;
  readonly at: string;
  readonly device: string | null;
  readonly actor: string;
  readonly requestId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ApiEvents {
  readonly items: readonly ApiEvent[];
  /** Send it as `after`; there is always one, also when nothing came. */
  readonly next: string;
  /** Ask again at once. */
  readonly more: boolean;
}
