import { sayDuration } from '../../policy/duration.ts';

/** How far the wall clock may be from what is expected of it: milliseconds. */
export const leapLimit = 10 * 60_000;

/** Why the wall clock is not believed. */
export interface Doubt {
  /** One sentence. */
  readonly reason: string;
  /** Up to when time was known, epoch milliseconds. */
  readonly trusted: number;
  /** When it began, by the monotonic clock. */
  readonly since: number;
}

/** What the store last heard of the time. */
export interface Heartbeat {
  /** Epoch milliseconds. */
  readonly wall: number;
  /** Who wrote it. */
  readonly by: string;
}

export interface GuardedClocks {
  /** Epoch milliseconds. */
  readonly wall: () => number;
  /** Milliseconds that only ever grow, at the pace of time. */
  readonly monotonic: () => number;
}

/**
 * Believes the wall clock as long as it goes on as the monotonic clock does, and as the heartbeat in the store says.
 * Where it leaps, time stands still for judgements, so that no hold ends by it, until somebody agrees: an upstream's
 * `Date`, another replica, a person. Pure but for the two clocks that it is given.
 */
export class ClockGuard {
  readonly #clocks: GuardedClocks;
  /** Both clocks at the last agreement. */
  #base: { readonly wall: number; readonly monotonic: number };
  #heard: { readonly wall: number; readonly at: number } | undefined;
  /** When it last listened, by the monotonic clock. */
  #listenedAt: number | undefined;
  #doubt: Doubt | undefined;
  /** Called when a doubt begins. */
  onDoubt: (doubt: Doubt) => void = () => {};

  constructor(clocks: GuardedClocks) {
    this.#clocks = clocks;
    this.#base = { wall: clocks.wall(), monotonic: clocks.monotonic() };
  }

  /** Milliseconds of the clock that only grows. */
  elapsed(): number {
    return this.#clocks.monotonic();
  }

  /** The time that is judged by: in doubt the earlier one, which ends no hold. Epoch milliseconds. */
  judging(): number {
    const doubt = this.doubt();
    const wall = this.#clocks.wall();
    return doubt === undefined ? wall : Math.min(wall, doubt.trusted);
  }

  /** The time at which something is first seen: in doubt the later one, from which a hold lasts longer. Epoch milliseconds. */
  seeing(): number {
    const doubt = this.doubt();
    const wall = this.#clocks.wall();
    if (doubt === undefined) return wall;
    return Math.max(wall, doubt.trusted + this.#clocks.monotonic() - doubt.since);
  }

  /** Why the wall clock is not believed now; `undefined`: it is. */
  doubt(): Doubt | undefined {
    if (this.#doubt === undefined) {
      const expected = this.#base.wall + this.#clocks.monotonic() - this.#base.monotonic;
      this.#compare(expected, expected, 'this server’s clock');
    }
    return this.#doubt;
  }

  /** Takes in what the store has heard. `own`: the name of who asks. */
  hear(heartbeat: Heartbeat | undefined, own: string): void {
    if (heartbeat === undefined) return;
    const now = this.#clocks.monotonic();
    // What is new may have been written at any time since it last listened.
    const written = this.#listenedAt ?? now;
    this.#listenedAt = now;
    const isNew = heartbeat.wall !== this.#heard?.wall;
    const doubt = this.doubt();
    if (doubt !== undefined && isNew && this.#heard !== undefined && heartbeat.by !== own) {
      // Another replica's clock is believed; where this one is as that, so is this one.
      if (Math.abs(this.#clocks.wall() - heartbeat.wall) <= leapLimit) this.agree();
    }
    if (isNew) this.#heard = { wall: heartbeat.wall, at: written };
    const { wall, at } = this.#heard ?? { wall: heartbeat.wall, at: written };
    if (this.#doubt === undefined) this.#compare(wall, wall + now - at, 'the last time that the store has');
  }

  /** The wall clock is right. */
  agree(): void {
    this.#base = { wall: this.#clocks.wall(), monotonic: this.#clocks.monotonic() };
    this.#heard = undefined;
    this.#doubt = undefined;
  }

  /** The wall clock has to lie between these two, give or take the limit. */
  #compare(earliest: number, latest: number, what: string): void {
    const wall = this.#clocks.wall();
    const ahead = wall - latest;
    const behind = earliest - wall;
    if (ahead <= leapLimit && behind <= leapLimit) return;
    const by = ahead > leapLimit ? `${sayDuration(ahead)} ahead of` : `${sayDuration(behind)} behind`;
    const reason =
      `The clock of this server (${new Date(wall).toISOString().slice(0, 19)}Z) is ${by} ${what}: nothing is promoted until ` +
      'an upstream’s clock agrees. If it is right, say so: safeguard mirror trust-clock --reason …';
    this.#doubt = { reason, trusted: latest, since: this.#clocks.monotonic() };
    this.onDoubt(this.#doubt);
  }
}

/** Whether an upstream's time, told after a doubt began, agrees with the wall clock. More must agree than not. */
export function isAgreed(doubt: Doubt, told: readonly ToldTime[]): boolean {
  const fresh = told.filter(({ at }) => at >= doubt.since);
  const agreeing = fresh.filter(({ ahead }) => Math.abs(ahead) <= leapLimit).length;
  return agreeing > fresh.length - agreeing;
}

/** What the `Date` of an answer said. */
export interface ToldTime {
  /** Milliseconds by which it was ahead of the wall clock. */
  readonly ahead: number;
  /** When it came, by the monotonic clock. */
  readonly at: number;
}
