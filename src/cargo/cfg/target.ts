import { CargoError, quoted } from '../error.ts';
import { type CfgSet, cfgKey } from './expression.ts';
import table from './targets.json' with { type: 'json' };

/** A target of rustc. */
export interface Target {
  readonly triple: string;
  /** What rustc sets for it, with no flags given; see `withRustcFlags`. */
  readonly cfg: CfgSet;
  /** Whether a cfg may be set where `cfg` has it not, and may be not where it has; absent: `cfg` is all. */
  readonly isOpen?: ((name: string, value: string | undefined) => boolean) | undefined;
  /** Whether the standard library is made for it; `undefined` where rustc does not say. */
  readonly std: boolean | undefined;
}

/** The rustc that the table of targets was made from. */
export const targetsFrom: string = table.rustc;

/** Every target that rustc lists. */
export function targetTriples(): readonly string[] {
  return Object.keys(table.targets);
}

/** Whether rustc sets a cfg of this name for any of its targets; all others are somebody's own, or not stable. */
export function rustcSets(name: string): boolean {
  names ??= new Set(
    Object.values(table.targets).flatMap((line) =>
      line
        .split(' ')
        .slice(1)
        .map((word) => word.replace(/=.*/, '')),
    ),
  );
  return names.has(name);
}

/** A target by its triple. Throws `CargoError('cargo/target')` for one that rustc does not list. */
export function targetOf(triple: string): Target {
  const known = made.get(triple);
  if (known !== undefined) return known;
  const line = Object.hasOwn(table.targets, triple)
    ? (table.targets as Readonly<Record<string, string>>)[triple]
    : undefined;
  if (line === undefined) {
    throw new CargoError('cargo/target', `${quoted(triple)} is no target of rustc ${targetsFrom}`);
  }
  const target = readLine(triple, line);
  made.set(triple, target);
  return target;
}

let names: ReadonlySet<string> | undefined;
const made = new Map<string, Target>();
const stdWords: Readonly<Record<string, boolean>> = { std: true, 'no-std': false };

/** `std unix target_os=linux target_feature=fxsr,sse`: several values of a name stand behind one `=`. */
function readLine(triple: string, line: string): Target {
  const [std = '', ...words] = line.split(' ');
  const cfg = new Set<string>();
  for (const word of words) {
    const [name = '', values] = word.split('=');
    for (const value of values?.split(',') ?? [undefined]) cfg.add(cfgKey(name, value));
  }
  return { triple, cfg, std: stdWords[std] };
}
