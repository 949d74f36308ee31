import type { Feeds } from '../registry/errands/feeds.ts';
import type { StatusJson } from './contract.ts';

const kinds = ['advisories', 'audits', 'proofs', 'exploited'] as const;

/** How each feed does that judgements and clocks go by. */
export function feedHealth(feeds: Pick<Feeds, 'names' | 'states'>): NonNullable<StatusJson['feeds']> {
  const [names, states] = [feeds.names(), feeds.states()];
  return kinds.flatMap((kind) =>
    names[kind].map((name, at) => ({
      kind,
      // An address may have a user and a password in it.
      name: name.replace(/(:\/\/).*@/, '$1'),
      readAt: states[kind][at]?.feed?.provenance.readAt ?? null,
      alarm: states[kind][at]?.alarm ?? null,
    })),
  );
}
