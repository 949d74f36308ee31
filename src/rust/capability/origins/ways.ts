import type { TokenRange } from '../../tokens.ts';

/** How a value was led to for the one that is asked for: by what name, by which call. */
interface Way {
  name: string;
  call: number;
  asText: boolean;
  visits: number;
  isOpen: boolean;
}

/** The ways that led to one value, of the question that was asked last; more are kept than it has, so that none is made anew. */
interface Led {
  question: number;
  count: number;
  /** The place of the way that was taken last: it is often taken again. */
  last: number;
  readonly ways: Way[];
}

/** The ways that led to values: nothing leads back to itself, or too often to one. */
export class Ways {
  readonly #all = new Map<TokenRange, Led>();
  #question = 0;

  /** Another value is asked for. */
  begin(): void {
    this.#question++;
  }

  to(range: TokenRange, name: string, call: number, asText: boolean): Way {
    let led = this.#all.get(range);
    if (led === undefined) {
      led = { question: this.#question, count: 0, last: 0, ways: [] };
      this.#all.set(range, led);
    } else if (led.question !== this.#question) {
      led.question = this.#question;
      led.count = 0;
      led.last = 0;
    }
    const { ways, count } = led;
    for (let from = led.last, seen = 0; seen < count; seen++) {
      const way = ways[from];
      if (way?.call === call && way.name === name && way.asText === asText) {
        led.last = from;
        return way;
      }
      from = from + 1 < count ? from + 1 : 0;
    }
    led.last = count;
    led.count = count + 1;
    const way = ways[count];
    if (way === undefined) {
      const made = { name, call, asText, visits: 0, isOpen: false };
      ways.push(made);
      return made;
    }
    way.name = name;
    way.call = call;
    way.asText = asText;
    way.visits = 0;
    way.isOpen = false;
    return way;
  }
}
