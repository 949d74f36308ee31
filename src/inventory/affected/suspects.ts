import { canonicalName } from '../../cargo/index-path.ts';
import { tryParseVersion, type Version } from '../../cargo/version.ts';
import { advisoriesOf, type Entry } from '../../facts/advisories/database.ts';
import { contains } from '../../facts/advisories/range.ts';
import type { ComponentRecord } from '../../store/inventory/records.ts';
import type { InventoryReader } from '../../store/inventory/store.ts';
import type { Question } from './question.ts';
import { merged, type Suspects, sort, type Verdict } from './verdict.ts';

/** The releases of the inventory that an advisory is about. The matching is that of the policy engine. */
export async function suspectsOf(store: InventoryReader, entries: readonly Entry[]): Promise<Suspects> {
  const all = await Promise.all(
    // One about the toolchain is about no crate of its name.
    entries
      .filter(({ advisory }) => advisory.collection === 'crates')
      .map(async (entry) =>
        sort(await namesakes(store, entry.advisory.package), (one) => judgeCrate(one, entry)),
      ),
  );
  return merged(all, later);
}

/** The releases of the inventory that have a name, and a version that is asked for. */
export async function releasesOf(
  store: InventoryReader,
  { crate, holds }: Extract<Question, { kind: 'crate' }>,
): Promise<Suspects> {
  return sort(await namesakes(store, crate), (component): Verdict => {
    if (component.kind === 'local') return ownName;
    if (holds === undefined) return { kind: 'meant' };
    const version = component.version === null ? undefined : tryParseVersion(component.version);
    if (version === undefined) return noVersion(component);
    return holds(version) ? { kind: 'meant' } : { kind: 'not-meant' };
  });
}

async function namesakes(store: InventoryReader, crate: string): Promise<readonly ComponentRecord[]> {
  const key = canonicalName(crate);
  return [...(await store.componentsNamed('cargo', key)), ...(await store.componentsNamed('local', key))];
}

const ownName: Verdict = {
  kind: 'unknown',
  reason: 'a package of somebody’s own project has this name, and no registry says that it is the same',
};

function noVersion({ version }: ComponentRecord): Verdict {
  const reason = version === null ? 'its version is not known' : `\`${version}\` is no version`;
  return { kind: 'unknown', reason };
}

/** Whether a release is one that an advisory is about. */
export function judgeCrate(component: ComponentRecord, entry: Entry): Verdict {
  const { advisory } = entry;
  if (component.kind === 'local') return ownName;
  if (component.source === 'git')
    return { kind: 'unknown', reason: 'it is from a repository, and an advisory is about releases' };
  if (component.source === 'registry')
    return { kind: 'unknown', reason: 'its list does not say which registry it is from' };
  if (placeText(component.source ?? '') !== placeText(advisory.source)) return { kind: 'not-meant' };
  if (component.version === null) return noVersion(component);
  const { source, collection } = advisory;
  const database = { advisories: [], byPackage: new Map([[canonicalName(advisory.package), [entry]]]) };
  const options = { source, collection };
  if (advisoriesOf(database, component.name, component.version, options).length === 0)
    return { kind: 'not-meant' };
  const version = tryParseVersion(component.version);
  return { kind: 'meant', fixed: version === undefined ? undefined : fixOf(entry, version) };
}

/** The first version behind the range that holds one: a bound with a made-up pre-release is no release. */
function fixOf({ ranges }: Entry, version: Version): string | undefined {
  const end = ranges.find((range) => contains(range, version))?.to;
  return end === undefined || end.pre.length > 0 ? undefined : end.text;
}

function later(one: string, other: string): string | undefined {
  const [a, b] = [one, other].map(tryParseVersion);
  if (a === undefined || b === undefined) return undefined;
  const isLess =
    a.major < b.major ||
    (a.major === b.major && (a.minor < b.minor || (a.minor === b.minor && a.patch < b.patch)));
  return isLess ? other : one;
}

function placeText(source: string): string {
  return source.replace(/^(registry|sparse)\+/, '').replace(/\/+$/, '');
}
