import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GateFinding, GateVerdict } from '../../gate/change.ts';
import type { Around, AroundLockfile } from '../../gate/judgement/around.ts';
import { inOrder } from '../../gate/order.ts';
import { compareEffects, type Decision } from '../../policy/effect.ts';
import { type ProjectPlace, placeOf } from './locate.ts';

/** Lockfiles beside the one of the manifest that are judged with it. */
export interface OtherLockfiles {
  readonly places: readonly ProjectPlace[];
  /** As findings name them: more than a check looks at. */
  readonly left: readonly string[];
}

/** Of those that nothing points at, so many are judged: a repository may keep hundreds for its tests. */
const most = 20;

/**
 * The other lockfiles of a repository: those that cargo is pointed at, and those that a change alters; without a change, all.
 */
export function otherLockfiles(
  main: ProjectPlace,
  { lockfiles, isChange }: Around,
  environment: Readonly<Record<string, string | undefined>>,
): OtherLockfiles {
  const pointed = environment.CARGO_RESOLVER_LOCKFILE_PATH;
  const isOther = ({ file }: AroundLockfile) => file !== main.lockfile;
  const isNamed = (one: AroundLockfile) => one.isNamed || one.path === pointed;
  const others = lockfiles.filter((one) => isOther(one) && (isNamed(one) || !isChange || !one.isOld));
  // What cargo is pointed at belongs to the project's own manifest.
  const own = others
    .filter(isNamed)
    .map(({ file }) => placeOf({ lockfile: file, folder: dirname(main.manifest) }));
  const rest = others
    .filter((one) => !isNamed(one))
    .map(({ file }) => placeOf({ lockfile: file, folder: dirname(file) }));
  return { places: [...own, ...rest.slice(0, most)], left: rest.slice(most).map(({ name }) => name) };
}

/** One verdict of several lockfiles': the strictest, with everything that was found once. */
export function mergeVerdicts(
  verdicts: readonly (readonly [ProjectPlace, GateVerdict])[],
  left: readonly string[],
): GateVerdict {
  const [first, ...others] = verdicts.map(([, verdict]) => verdict);
  if (first === undefined) throw new Error('nothing was judged');
  if (others.length === 0 && left.length === 0) return first;
  const all = [first, ...others];
  const verdict = all.map((one) => one.verdict).reduce(strictest);
  const untils = all.filter((one) => one.verdict === verdict).map(({ until }) => until);
  const until = untils.every((end) => end !== undefined) ? untils.sort().at(-1) : undefined;
  return inOrder({
    verdict,
    ...(until === undefined ? {} : { until }),
    policy: first.policy,
    changes: unique(all.flatMap(({ changes }) => changes)),
    debt: unique([...all.flatMap(({ debt }) => debt), ...leftOut(left)]),
    // Each went by the same list and the same databases.
    ...(first.adopted === undefined ? {} : { adopted: first.adopted }),
    ...(first.advisories === undefined ? {} : { advisories: first.advisories }),
    commands: unique(
      verdicts.flatMap(([place, { commands }], i) => (i === 0 ? commands : commands.map(at(place)))),
    ),
  });
}

/** A command of cargo's for another manifest than the one of this folder. */
function at({ manifest, nameOf }: ProjectPlace): (command: string) => string {
  const folder = nameOf(manifest);
  return (command) =>
    /^cargo update /.test(command) && existsSync(manifest)
      ? command.replace(/^cargo update /, `cargo update --manifest-path ${folder} `)
      : command;
}

function leftOut(left: readonly string[]): readonly GateFinding[] {
  const [first] = left;
  if (first === undefined) return [];
  return [
    {
      rule: 'locked',
      effect: 'warn',
      crate: '',
      message: `${left.length} more lockfiles of the repository were not judged, ${first} among them.`,
      evidence: { file: first, line: 1 },
      next: `safeguard check --lockfile ${join('.', first)}`,
    },
  ];
}

function strictest(a: Decision, b: Decision): Decision {
  const effect = (decision: Decision) => (decision === 'allow' ? 'warn' : decision);
  return compareEffects(effect(b), effect(a)) > 0 ? b : a;
}

function unique<T>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
