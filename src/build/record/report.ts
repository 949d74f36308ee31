import { allowText, type BuildAllowEntry, buildAllowEntry } from '../../policy/build-allow.ts';
import { allowedBy, type Refused, type RefusedAct, sayRefusedAct } from './refusal.ts';

/** What one piece of code was kept from, and the lines of a policy that would let it. As JSON it is a part of the report. */
export interface RefusalReport extends Refused {
  readonly acts: readonly (RefusedAct & { readonly said: string })[];
  /** TOML for `safeguard.toml`; absent where nothing can allow any of it. */
  readonly allow?: string;
  /** Why there is none, or what has to be known of it; a sentence. */
  readonly note?: string;
}

/** One refusal, before those of the same code are put together. */
export interface Refusal {
  readonly by: Refused;
  readonly act: RefusedAct;
  /** Whether a policy could allow it. */
  readonly isAllowable: boolean;
}

/** What is known of the crates that are told of. */
export interface CrateCode {
  /** The digest that binds what is allowed. */
  readonly digest: string | undefined;
  /** What the policy allows its code already. */
  readonly entry: BuildAllowEntry | undefined;
}

/** How many crates with macros are each given their lines: of more, reading the trace is the better way. */
const maxMacros = 4;

/** Puts refusals together by whose code they are, in their order. */
export function reportRefusals(
  refusals: readonly Refusal[],
  codeOf: (crate: Refused['crates'][number], kind: Refused['kind']) => CrateCode,
): readonly RefusalReport[] {
  const groups = Map.groupBy(refusals, ({ by }) => JSON.stringify(by));
  return [...groups.values()].map((group): RefusalReport => {
    const by = group[0]?.by ?? { kind: 'build-script', crates: [] };
    const acts = [...new Map(group.map(({ act }) => [JSON.stringify(act), act])).values()];
    const wanted = group
      .filter(({ isAllowable }) => isAllowable)
      .flatMap(({ act }) => allowedBy(act) ?? [])
      .filter((part) => buildAllowEntry.partial().safeParse(part).success);
    const told = { ...by, acts: acts.map((act) => ({ ...act, said: sayRefusedAct(act) })) };
    if (wanted.length === 0) return { ...told, note: 'No line of a policy allows that.' };
    if (by.crates.length > maxMacros)
      return {
        ...told,
        note: `Which of ${by.crates.length} macros it was cannot be told, so that no line is proposed.`,
      };
    // The proxy would have let it: it went round it.
    const isLet = by.crates.every((crate) => areLookupsOf(group, codeOf(crate, by.kind).entry));
    if (isLet)
      return {
        ...told,
        note: 'The policy lets it, by the proxy alone (HTTPS_PROXY), and this went round that.',
      };
    const texts = by.crates.flatMap((crate) => {
      const { digest, entry } = codeOf(crate, by.kind);
      return digest === undefined ? [] : [allowText(crate.name, merged(digest, entry, wanted))];
    });
    if (texts.length < by.crates.length || texts.length === 0)
      return { ...told, note: 'Its code cannot be read, so that nothing can be bound to it.' };
    const note =
      texts.length > 1
        ? { note: 'Which of these it was cannot be told: all of them would have to be allowed.' }
        : {};
    return { ...told, allow: texts.join('\n\n'), ...note };
  });
}

/** Whether all that could be allowed is that hosts were looked up that the policy names already. */
function areLookupsOf(group: readonly Refusal[], entry: BuildAllowEntry | undefined): boolean {
  const hosts = new Set(entry?.egress.map(({ host }) => host));
  return group.every(
    ({ act, isAllowable }) => !isAllowable || (act.kind === 'lookup' && hosts.has(act.host)),
  );
}

function merged(
  digest: string,
  entry: BuildAllowEntry | undefined,
  wanted: readonly Partial<BuildAllowEntry>[],
): BuildAllowEntry {
  const all = [entry ?? {}, ...wanted];
  const texts = (key: 'read' | 'write' | 'load') => [
    ...new Set(all.flatMap((one: Partial<BuildAllowEntry>) => one[key] ?? [])),
  ];
  const egress = all.flatMap((one: Partial<BuildAllowEntry>) => one.egress ?? []);
  return {
    code: [digest],
    reason: entry?.reason ?? 'say why it needs that',
    egress: [...new Map(egress.map((one) => [JSON.stringify(one), one])).values()],
    read: texts('read'),
    write: texts('write'),
    load: texts('load'),
  };
}
