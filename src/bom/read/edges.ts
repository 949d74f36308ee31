/** Edges of a document, by the reference that they are from. A list that is empty says that there are none. */
export class Edges {
  readonly #needs = new Map<string, Set<string>>();
  readonly #contains = new Map<string, Set<string>>();

  /** Something needs others; of none, that it needs nothing. */
  needs(from: string, to: readonly string[]): void {
    put(this.#needs, from, to);
  }

  /** Something has others in it: a folder, an image, an application. */
  contains(from: string, to: readonly string[]): void {
    put(this.#contains, from, to);
  }

  /**
   * All of them. A scanner's folder contains whatever lies below it, however deep in the graph: what something else needs is not had directly, and is
   * left out unless nothing else leads there.
   */
  all(): ReadonlyMap<string, readonly string[]> {
    const needed = new Set([...this.#needs].flatMap(([from, list]) => [...list].filter((to) => to !== from)));
    const edges = new Map([...this.#needs].map(([from, list]) => [from, new Set(list)]));
    const reached = new Set<string>();
    const reach = (from: string) => {
      const waiting = [from];
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        if (reached.has(at)) continue;
        reached.add(at);
        for (const to of edges.get(at) ?? []) waiting.push(to);
      }
    };
    for (const [from, list] of this.#contains)
      put(
        edges,
        from,
        [...list].filter((to) => !needed.has(to)),
      );
    for (const from of this.#contains.keys()) if (!needed.has(from)) reach(from);
    for (const [from, list] of this.#contains)
      for (const to of list)
        if (!reached.has(to)) {
          put(edges, from, [to]);
          reach(to);
        }
    return new Map([...edges].map(([from, list]) => [from, [...list]]));
  }
}

function put(lists: Map<string, Set<string>>, from: string, to: Iterable<string>): void {
  const list = lists.get(from);
  if (list === undefined) lists.set(from, new Set(to));
  else for (const one of to) list.add(one);
}
