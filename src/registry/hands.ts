import type { AuditEntry } from '../audit/entry.ts';
import { isSamePerson } from '../policy/people.ts';
import type { AuditReader } from '../store/audit.ts';

/** That one of several people gave another one their way in, and so could have acted as both. */
export interface Hand {
  readonly maker: string;
  readonly of: string;
  readonly by: 'token' | 'link';
}

/**
 * Who of several people made a token, or a link to sign in by, of another of them. Nobody can tell whether it was
 * handed over: it is told, and refuses nothing.
 */
export async function handsOf(tx: AuditReader, people: readonly string[]): Promise<readonly Hand[]> {
  if (people.length < 2) return [];
  const found = new Map<string, Hand>();
  for (const entry of await tx.auditOf(['token.created', 'link.created'])) {
    const person = personOf(entry);
    const of = people.find((one) => isSamePerson(one, person));
    const maker = people.find((one) => isSamePerson(one, entry.actor));
    if (of === undefined || maker === undefined || of === maker) continue;
    const by = entry.action === 'token.created' ? 'token' : 'link';
    found.set(`${maker} ${of} ${by}`, { maker, of, by });
  }
  return [...found.values()];
}

/** `ana made the token of ben, …`, as the audit log and whoever acts are told. */
export function sayHand({ maker, of, by }: Hand): string {
  const what = by === 'token' ? `a token of ${of}` : `a link by which ${of} signs in`;
  return `${maker} made ${what}, and could have acted as both.`;
}

function personOf({ subject, after }: AuditEntry): string {
  return typeof after?.owner === 'string' ? after.owner : subject;
}
