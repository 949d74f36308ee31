import type { ReleaseJson } from '../../../src/server/contract.ts';

/** What each state is called, wherever it is named. */
export const stateWords: Readonly<Record<ReleaseJson['state'], string>> = {
  held: 'held',
  promoted: 'handed out',
  review: 'waits for a review',
  blocked: 'refused',
  withdrawn: 'withdrawn',
};

/** Where a release stands: by word and by form, not by colour alone. */
export function State({ state }: { readonly state: ReleaseJson['state'] }) {
  return <span className={`state ${state}`}>{stateWords[state]}</span>;
}
