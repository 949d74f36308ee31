/** Runs one piece of work per key at a time; whoever asks meanwhile gets the same answer. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Promise<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const flying = this.#flights.get(key);
    if (flying !== undefined) return flying;
    const flight = work().finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    return flight;
  }

  /** Lets the next caller start anew, even while work for the key is under way. */
  forget(key: string): void {
    this.#flights.delete(key);
  }
}
