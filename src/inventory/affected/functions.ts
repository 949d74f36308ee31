import { FunctionFilter } from '../../binary/function-filter.ts';
import { freeKey, looseKey, methodKey } from '../../binary/function-names.ts';
import { tryParseRequirement } from '../../cargo/requirement.ts';
import { tryParseVersion } from '../../cargo/version.ts';
import type { Advisory } from '../../facts/advisories/advisory.ts';
import { contains, rangeOf } from '../../facts/advisories/range.ts';
import type { FunctionPath } from '../../rust/defined-functions.ts';
import type { ComponentRecord } from '../../store/inventory/records.ts';
import type { InventoryReader } from '../../store/inventory/store.ts';

/**
 * Whether the source of a release defines each of some functions: only then its absence from a program says anything. A
 * path may also name a macro, a type, C code, or what a crate hands on from another one under another name. `false`:
 * not all of them, or nobody has the source.
 */
export type Defines = (component: ComponentRecord, paths: readonly FunctionPath[]) => Promise<boolean>;

/** Of whoever has no source at hand. */
export const nobodyKnows: Defines = async () => false;

/** Why something ranks behind the rest: it strikes all the same as far as anybody knows, and counts as if it were not said. */
export interface Ranked {
  /** Paths as the advisory writes them. */
  readonly functions: readonly string[];
  /** One clause. */
  readonly reason: string;
}

/** An advisory that strikes a release in an artefact, by the paths of the functions that it is about. */
export interface Struck {
  readonly artefactId: number;
  readonly component: ComponentRecord;
  readonly functions: readonly string[];
}

/**
 * For each of some strikes why it ranks behind: there is no code of any function that the advisory names in the debug
 * information of the artefact, and the source of the release defines them all. `undefined` where that is not proven. An
 * instance of which nothing was left in optimising leaves no trace, so that it is never "not affected".
 */
export async function rankOf(
  inventory: Pick<InventoryReader, 'functionsOf'>,
  defines: Defines,
  struck: readonly (Struck | undefined)[],
): Promise<readonly (Ranked | undefined)[]> {
  const ids = struck.flatMap((one) =>
    one === undefined || one.functions.length === 0 ? [] : one.artefactId,
  );
  const texts = await inventory.functionsOf([...new Set(ids)]);
  const filters = new Map([...texts].map(([id, text]) => [id, FunctionFilter.read(text)]));
  return await Promise.all(
    struck.map(async (one) => {
      const filter = one === undefined ? undefined : filters.get(one.artefactId);
      if (one === undefined || filter === undefined || one.functions.length === 0) return undefined;
      const paths = one.functions.map(functionPath);
      const known = paths.flatMap((path) => path ?? []);
      if (known.length < paths.length || known.some((path) => mayBeIn(filter, path))) return undefined;
      return (await defines(one.component, known)) ? rankedBy(one.functions) : undefined;
    }),
  );
}

function rankedBy(functions: readonly string[]): Ranked {
  const named =
    functions.length > 3 ? [...functions.slice(0, 2), `${functions.length - 2} others`] : functions;
  const list = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : `${named[0]}`;
  return {
    functions,
    reason: `its debug information has no code of ${list}`,
  };
}

/** The functions that advisories name of a release; none where one of them names none, as it is about all of the release then. */
export function functionsNamed(
  advisories: readonly Pick<Advisory, 'platforms'>[],
  version: string | null,
): readonly string[] {
  const all = advisories.map(({ platforms }) =>
    Object.entries(platforms.functions).flatMap(([path, requirements]) =>
      mayMean(requirements, version) ? [path] : [],
    ),
  );
  return all.some((paths) => paths.length === 0) ? [] : [...new Set(all.flat())];
}

/** Whether requirements, of which one is to hold, mean a version. Those that cannot be read are taken to. */
function mayMean(requirements: readonly string[], version: string | null): boolean {
  const parsed = version === null ? undefined : tryParseVersion(version);
  if (parsed === undefined || requirements.length === 0) return true;
  return requirements.some(
    (text) => tryParseRequirement(text) === undefined || contains(rangeOf(text), parsed),
  );
}

/**
 * What a path of an advisory names: `crate::module::Type::name`, parameters left out. `undefined` for what is no path
 * of a function.
 */
function functionPath(path: string): FunctionPath | undefined {
  // Of a trait for a type: which of the two is whose cannot be told by names alone.
  if (path.includes(' as ')) return undefined;
  const bare = path.replace(/(?:::)?<[^<>]*>/g, '').replace(/\(\)$/, '');
  const parts = bare.split('::');
  const isPath = parts.length > 1 && parts.every((part) => /^[A-Za-z_]\w*$/.test(part));
  const name = parts.at(-1);
  if (!isPath || name === undefined || /^[A-Z]/.test(name)) return undefined;
  const type = parts.at(-2);
  return type !== undefined && /^[A-Z]/.test(type) ? { type, name } : { name };
}

function mayBeIn(filter: FunctionFilter, { type, name }: FunctionPath): boolean {
  const keys = type === undefined ? [freeKey(name)] : [methodKey(type, name), looseKey(name)];
  return keys.some((key) => filter.mayHave(key));
}
