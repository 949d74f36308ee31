import type { TokenRange } from '../../tokens.ts';

/** How a value was led to for the one that is asked for: by what name, by which call. */
interface Way {
  name: string;
  call: number;
  asText: boolean;
  visits: number;
  isOpen: boolean;
}

/** The ways that led to values: nothing leads back to itself, or too often to one. */
export class Ways {
  /** What is kept from one question to the next, so that each does not make thousands anew. */
  readonly #all = new Map<TokenRange, { question: number; count: number; readonly ways: Way[] }>();
  #question = 0;

  /** Another value is asked for. */
  begin(): void {
    this.#question++;
  }

  to(range: TokenRange, name: string, call: number, asText: boolean): Way {
    let led = this.#all.get(range);
    if (led === undefined) {
      led = { question: this.#question, count: 0, ways: [] };
      this.#all.set(range, led);
    } else if (led.question !== this.#question) {
      led.question = this.#question;
      led.count = 0;
    }
    const { ways } = led;
    for (let index = 0; index < led.count; index++) {
      const way = ways[index];
      if (way?.call === call && way.name === name && way.asText === asText) return way;
    }
    const way = ways[led.count];
    led.count++;
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
