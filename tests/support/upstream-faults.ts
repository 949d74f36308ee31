/** The ways an upstream misbehaves, each aimed by a predicate and undone by `stop()`. */
import type { ServerResponse } from 'node:http';
import type { Predicate, UpstreamRequest } from './upstream-requests.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

export type Fault = { stop(): void };

/** Requests kept waiting until the test says otherwise: slowness without a clock. */
export type Hold = {
  /** Lets every waiting request go, and holds no more. */
  release(): void;
  /** How many wait now; a client that leaves no longer counts. */
  waiting(): number;
  /** Resolves once at least `count` requests wait at the same time. */
  onWaiting(count: number): Promise<void>;
};

/** Bodies that come byte by byte, as the test says. */
export type Trickle = {
  /** Sends one more byte to each client that waits. */
  drip(): void;
  /** Resolves once at least `count` requests are being answered so at the same time. */
  onWaiting(count: number): Promise<void>;
  /** Lets the rest of each body go at once. */
  release(): void;
};

/** What is about to happen to one request. */
type Rule =
  | { readonly kind: 'fail'; readonly predicate: Predicate; readonly answer: Answer; left: number }
  | { readonly kind: 'cut'; readonly predicate: Predicate; left: number }
  | { readonly kind: 'hold'; readonly predicate: Predicate; readonly gate: Gate; left: number }
  | {
      readonly kind: 'hold-body';
      readonly predicate: Predicate;
      readonly gate: Gate;
      readonly after: number;
      /** Where it trickles: what sends one more byte to each client. */
      readonly drips?: Set<() => void>;
      left: number;
    };

export class Faults {
  readonly #rules = new Set<Rule>();

  hold(predicate: Predicate): Hold {
    const gate = new Gate();
    return this.#held({ kind: 'hold', predicate, gate, left: Number.POSITIVE_INFINITY }, gate);
  }

  holdBody(predicate: Predicate, after: number): Hold {
    const gate = new Gate();
    return this.#held({ kind: 'hold-body', predicate, gate, after, left: Number.POSITIVE_INFINITY }, gate);
  }

  trickle(predicate: Predicate): Trickle {
    const drips = new Set<() => void>();
    const gate = new Gate();
    const { release, onWaiting } = this.#held(
      { kind: 'hold-body', predicate, gate, after: 1, drips, left: Number.POSITIVE_INFINITY },
      gate,
    );
    const drip = () => {
      for (const one of drips) one();
    };
    return { drip, onWaiting, release };
  }

  cut(predicate: Predicate, times: number): Fault {
    return this.#add({ kind: 'cut', predicate, left: times });
  }

  fail(predicate: Predicate, answer: Answer, times: number): Fault {
    return this.#add({ kind: 'fail', predicate, answer, left: times });
  }

  /** Undoes every fault and lets everybody go. */
  clear(): void {
    for (const rule of this.#rules) if ('gate' in rule) rule.gate.open();
    this.#rules.clear();
  }

  /** Waits as long as a hold says, then answers as well or as badly as the other faults say. */
  async answer(request: UpstreamRequest, response: ServerResponse, honest: () => Answer): Promise<void> {
    await this.#take('hold', request)?.gate.pass(response);
    if (response.destroyed) return;
    const answer = this.#take('fail', request)?.answer ?? honest();
    const hasBody = answer.status === 200 && answer.body.length > 0 && request.method !== 'HEAD';
    response.writeHead(answer.status, {
      ...answer.headers,
      ...(answer.status === 304 ? {} : { 'content-length': answer.body.length }),
    });
    if (hasBody && this.#take('cut', request)) {
      response.write(answer.body.subarray(0, answer.body.length >> 1), () => response.destroy());
      return;
    }
    const pause = hasBody ? this.#take('hold-body', request) : undefined;
    if (pause === undefined) {
      response.end(request.method === 'HEAD' ? undefined : answer.body);
      return;
    }
    response.flushHeaders();
    let sent = pause.after;
    response.write(answer.body.subarray(0, sent));
    const drip = () => void response.write(answer.body.subarray(sent, ++sent));
    pause.drips?.add(drip);
    await pause.gate.pass(response);
    pause.drips?.delete(drip);
    if (!response.destroyed) response.end(answer.body.subarray(sent));
  }

  #add(rule: Rule): Fault {
    this.#rules.add(rule);
    return { stop: () => void this.#rules.delete(rule) };
  }

  #held(rule: Rule, gate: Gate): Hold {
    const { stop } = this.#add(rule);
    return {
      release: () => {
        stop();
        gate.open();
      },
      waiting: () => gate.waiting(),
      onWaiting: (count) => gate.onWaiting(count),
    };
  }

  /** The first rule of this kind that fits, with one of its uses taken. */
  #take<K extends Rule['kind']>(kind: K, request: UpstreamRequest): Extract<Rule, { kind: K }> | undefined {
    for (const rule of this.#rules) {
      if (rule.kind !== kind || rule.left <= 0 || !rule.predicate(request)) continue;
      rule.left -= 1;
      return rule as Extract<Rule, { kind: K }>;
    }
    return undefined;
  }
}

/** Where held responses wait. */
class Gate {
  readonly #leave = new Set<() => void>();
  readonly #watchers = new Set<{ readonly count: number; readonly tell: () => void }>();
  #isOpen = false;

  /** Resolves when the gate opens or the client has gone. */
  pass(response: ServerResponse): Promise<void> {
    if (this.#isOpen || response.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const leave = () => {
        this.#leave.delete(leave);
        resolve();
      };
      this.#leave.add(leave);
      response.once('close', leave);
      for (const watcher of this.#watchers) {
        if (this.#leave.size < watcher.count) continue;
        this.#watchers.delete(watcher);
        watcher.tell();
      }
    });
  }

  open(): void {
    this.#isOpen = true;
    for (const leave of [...this.#leave]) leave();
  }

  waiting(): number {
    return this.#leave.size;
  }

  onWaiting(count: number): Promise<void> {
    if (this.#leave.size >= count) return Promise.resolve();
    return new Promise((tell) => void this.#watchers.add({ count, tell }));
  }
}
