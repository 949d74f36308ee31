import type { LockedPackage } from '../../cargo/lockfile.ts';
import { counts } from '../../policy/excepted.ts';
import type { Finding } from '../../policy/finding.ts';
import type { Policy } from '../../policy/policy.ts';
import type { FactsPort } from '../facts-port.ts';
import { isAboutGraph } from '../graphs/judged.ts';
import type { MemberRequirements } from '../project/member-requirements.ts';
import { type Moves, type WayOut, waysOut } from '../way-out/ways-out.ts';
import { isOwn, judgePackage } from './judge-package.ts';
import type { Survey } from './survey.ts';

/** What to do about the packages that fail a change. */
export interface Acts {
  /** By package, for those where another version may help. */
  readonly of: ReadonlyMap<LockedPackage, WayOut>;
  /** Every command line, once, in the order in which they are to be run. */
  readonly commands: readonly string[];
}

export interface ActsInput {
  readonly survey: Survey;
  readonly policy: Policy;
  readonly requirements: MemberRequirements;
  /** By package that the change brings in: what counts against it. */
  readonly counted: ReadonlyMap<LockedPackage, readonly Finding[]>;
}

/** A change that fails at more packages than this wants a person, not a list of commands. */
const maxFailing = 50;

/** Looks for other versions of what fails a change; asks the port again only where something does. */
export async function actsFor(input: ActsInput, port: FactsPort): Promise<Acts> {
  const { survey, counted } = input;
  const { packages, order } = survey.graph;
  const indexes = new Map(packages.map((pkg, index) => [pkg, index]));
  const failing = [...counted]
    .filter(([pkg, findings]) => survey.of(pkg).known !== undefined && findings.some(asksForAnother))
    .map(([pkg]) => indexes.get(pkg) as number);
  if (failing.length === 0 || failing.length > maxFailing) return { of: new Map(), commands: [] };
  const nodes = packages.map((pkg) => ({
    crate: pkg.name,
    version: pkg.version,
    source: isOwn(pkg) ? undefined : pkg.source?.text,
    needs: isOwn(pkg) ? input.requirements(pkg.name) : survey.of(pkg).known?.dependencies,
    dependencies: pkg.dependencies,
  }));
  const { of, lines } = await waysOut(nodes, order, new Set(failing), movesOf(input, port));
  return {
    of: new Map([...of].map(([index, way]) => [packages[index] as LockedPackage, way])),
    commands: lines,
  };
}

/**
 * Whether a finding is a reason to take another version. A yank never is: it may be the lure that moves everybody to a bad
 * release; and what a change switches on, another version does not tell. What is wrong with a lockfile's entry is mended there:
 * only a release that its registry does not have is left.
 */
export function asksForAnother(finding: Finding): boolean {
  if (finding.effect === 'warn' || !counts(finding) || isAboutGraph(finding.rule)) return false;
  const isOfEntry = finding.rule === 'lockfile' && finding.evidence.values?.asked === undefined;
  return finding.rule !== 'yanked' && !isOfEntry;
}

function movesOf({ survey, policy }: ActsInput, port: FactsPort): Moves {
  const { releases, allowed } = {
    releases: new Map<string, Promise<Listed>>(),
    allowed: new Map<string, Promise<boolean>>(),
  };
  const models = new Map(survey.graph.packages.map((pkg) => [pkg.name, pkg]));
  return {
    releases: (crate, source) =>
      once(
        releases,
        JSON.stringify([crate, source]),
        async () => (await port.releases([{ crate, source }]))[0] ?? [],
      ),
    allows: (crate, version, source) =>
      once(allowed, JSON.stringify([crate, version, source]), async () => {
        const own = models.get(crate);
        const base = own?.source?.text === source ? survey.baseOf(own) : undefined;
        const compared = base === undefined || base === version ? {} : { base };
        const { answers } = await port.facts([{ crate, version, source, bytes: true, ...compared }]);
        const [known] = answers;
        const standing = known?.facts.standing;
        if (known === undefined || standing?.kind !== 'known') return false;
        // What the server would not hand out helps nobody, whatever it is compared with.
        if (known.state !== undefined && known.state !== 'promoted') return false;
        const model = own ?? survey.graph.packages.find((pkg) => pkg.source?.text === source);
        if (model === undefined) return false;
        const pkg = { ...model, name: crate, version, checksum: standing.value.checksum, dependencies: [] };
        const judged = judgePackage(policy, { ...survey.of(model), pkg, known, isBrought: true }, survey.now);
        return judged.decision === 'allow';
      }),
  };
}

type Listed = Awaited<ReturnType<FactsPort['releases']>>[number];

function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = made.get(key) ?? make();
  made.set(key, value);
  return value;
}
