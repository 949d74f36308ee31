import type { ReleaseRecord, ReleaseState } from '../../store/records.ts';
import type { StoreWriter } from '../../store/store.ts';
import { crateName } from '../judgement/gather.ts';
import { tellAlarm } from './alarm.ts';

/** What becomes of a release is an answer to those who asked for it. */
const answers: Readonly<Partial<Record<ReleaseState, { readonly says: string; readonly next: string }>>> = {
  promoted: { says: 'is handed out', next: 'Build again.' },
  blocked: { says: 'is refused', next: 'Use another release; its page says why.' },
  withdrawn: { says: 'was withdrawn by its registry', next: 'Use another release.' },
};

/** Tells those who asked for a release what became of it, in the transaction of the settlement. */
export async function tellAskers(
  tx: StoreWriter,
  targets: readonly string[],
  previous: ReadonlyMap<string, ReleaseRecord>,
  changed: readonly ReleaseRecord[],
  now: number,
): Promise<void> {
  if (targets.length === 0) return;
  const answered = changed.filter(({ version, state }) => {
    const before = previous.get(version);
    return before !== undefined && before.state !== state && answers[state] !== undefined;
  });
  const [first] = answered;
  if (first === undefined) return;
  const requests = await tx.requestsFor(first.registry, first.key);
  for (const release of answered) {
    const { registry, key, version, state } = release;
    const people = requests.filter((request) => request.version === version).map(({ by }) => by);
    const answer = answers[state];
    if (people.length === 0 || answer === undefined) continue;
    const message = `${crateName([release])} ${version} ${answer.says}, which ${people.join(', ')} asked for.`;
    const alarm = { alarm: 'request-answered', message, next: answer.next };
    await tellAlarm(tx, targets, alarm, `${registry} ${key} ${version}`, now);
  }
}
