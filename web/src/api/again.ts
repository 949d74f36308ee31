import type { QueryClient } from '@tanstack/react-query';

/**
 * Asks again what pages show, since something changed: all of it, or the questions whose keys begin with one of the
 * `names`. What was asked before and is not answered yet does not count: a first answer on its way would otherwise
 * stand for the new one (`Query.fetch` of
 * @tanstack/query-core 5 ends what is on its way only where an earlier answer is there). Settles once all is answered.
 */
export async function askAgain(queries: QueryClient, names?: readonly string[]): Promise<void> {
  const filters = names === undefined ? [{}] : names.map((name) => ({ queryKey: [name] }));
  await Promise.all(filters.map((filter) => queries.cancelQueries(filter)));
  await Promise.all(filters.map((filter) => queries.invalidateQueries(filter)));
}
