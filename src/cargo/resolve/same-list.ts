/** Whether two lists have the same things in the same order, by identity. */
export function areSame<Item>(some: readonly Item[], others: readonly Item[]): boolean {
  return some === others || (some.length === others.length && some.every((one, i) => one === others[i]));
}
