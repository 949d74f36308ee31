import type { Finding } from './finding.ts';

/** What of a finding may keep it from counting. */
type Exceptions = { readonly [Name in 'waived' | 'answered']?: Finding[Name] | undefined };

/** Whether a finding counts: neither a waiver excepts it nor an audit or a person answers it. */
export function counts({ waived, answered }: Exceptions): boolean {
  return waived === undefined && answered === undefined;
}

/** Why a finding does not count, as what follows its message; empty where it does. */
export function exceptedBy({ waived, answered }: Exceptions): string {
  if (waived !== undefined) return ` [waived by ${waived.by} until ${waived.expires}: ${waived.reason}]`;
  if (answered?.by === 'people') return ` [approved by ${answered.says}]`;
  if (answered !== undefined)
    return ` [answered by ${answered.by}, ${answered.who.join(', ')}: ${answered.says}]`;
  return '';
}
