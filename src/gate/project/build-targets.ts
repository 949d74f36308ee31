import { basename } from 'node:path';
import { eitherTarget, withRustflags, withUnknownCfgs } from '../../cargo/cfg/rustflags.ts';
import { type Target, targetOf } from '../../cargo/cfg/target.ts';
import { targetFromSpec } from '../../cargo/cfg/target-spec.ts';
import { CargoError } from '../../cargo/error.ts';
import type { BuildInput } from '../../cargo/resolve/resolve.ts';
import { GateError, withFile } from '../error.ts';
import type { CargoConfig } from './cargo-config.ts';
import type { ProjectFiles } from './files.ts';

/** What is built for, and on what: triples, or paths of JSON files that describe a target. */
export interface BuildPlaces {
  /** `host-tuple` stands for the host. */
  readonly target: string;
  /** Other targets of the same call of cargo. */
  readonly besides?: readonly string[] | undefined;
  /** The machine that builds. */
  readonly host: string;
  /** All machines that may build; absent: that one. */
  readonly hosts?: readonly string[] | undefined;
  /** Whether cargo is told of no target: flags are then for the machine that builds as well. */
  readonly isPlain?: boolean | undefined;
}

type Places = Pick<BuildInput, 'target' | 'besides' | 'hosts' | 'named' | 'overridden'>;

/** The targets of builds, with the flags that cargo's configuration has for them. */
export interface BuildTargets {
  /** As cargo builds. Throws `GateError('gate/config')` for a target that nobody knows. */
  readonly exact: (places: BuildPlaces) => Places;
  /** The target and the host of them. */
  readonly platforms: (places: BuildPlaces) => { readonly target: Target; readonly host: Target };
  /**
   * Whatever may be set: flags of other environments (`environments`, each as `RUSTFLAGS` has it), for the host or not, and
   * every cfg that is not rustc's own.
   */
  readonly most: (places: BuildPlaces, environments: readonly (readonly string[])[]) => Places;
}

export function buildTargets(files: ProjectFiles, config: CargoConfig): BuildTargets {
  const { rustflags, linksOverrides } = config;
  const described = new Map<string, Target>();
  const plain = (name: string, host: string): Target => {
    const triple = name === 'host-tuple' ? host : name;
    const known =
      described.get(triple) ?? (triple.endsWith('.json') ? readSpecification(files, triple) : listed(triple));
    described.set(triple, known);
    return known;
  };
  const overridden = ({ target, host }: BuildPlaces) => ({
    target: linksOverrides.get(plain(target, host).triple) ?? new Set<string>(),
    host: linksOverrides.get(host) ?? new Set<string>(),
  });
  const flags = new Map<Target, Target>();
  const flagged = (target: Target): Target => {
    const known = flags.get(target) ?? withRustflags(target, rustflags);
    flags.set(target, known);
    return known;
  };
  const hostOf = (host: string, isPlain: boolean) =>
    isPlain ? flagged(plain(host, host)) : plain(host, host);
  return {
    platforms: ({ target, host, isPlain = false }) => ({
      target: flagged(plain(target, host)),
      host: hostOf(host, isPlain),
    }),
    exact: (places) => {
      const { target, besides = [], host, hosts = [host], isPlain = false } = places;
      return {
        target: flagged(plain(target, host)),
        besides: besides.map((each) => flagged(plain(each, host))),
        hosts: hosts.map((each) => hostOf(each, isPlain)),
        named: (triple) => flagged(plain(triple, host)),
        overridden: overridden(places),
      };
    },
    most: ({ target, besides = [], host, hosts = [host] }, environments) => {
      const others = environments.map((environment) => ({ ...rustflags, environment }));
      const any = (name: string, more: readonly Target[]) => {
        const own = plain(name, host);
        const ways = [...others.map((each) => withRustflags(own, each)), ...more];
        return withUnknownCfgs(eitherTarget(withRustflags(own, rustflags), ways));
      };
      return {
        target: any(target, []),
        besides: besides.map((each) => any(each, [])),
        hosts: hosts.map((each) => any(each, [plain(each, each)])),
        named: (triple) => any(triple, []),
      };
    },
  };
}

/** A target that rustc lists. */
function listed(triple: string): Target {
  try {
    return targetOf(triple);
  } catch (cause) {
    if (!(cause instanceof CargoError)) throw cause;
    throw new GateError('gate/config', `${cause.message}.`, {
      next: 'Correct the target, as `rustc --print target-list` has it.',
      cause,
    });
  }
}

function readSpecification(files: ProjectFiles, path: string): Target {
  const text = files.read(path);
  const next = 'Correct `build.target`, or put the file there.';
  if (text === undefined) {
    throw new GateError('gate/config', 'the target that it describes cannot be read.', {
      at: { file: path },
      next,
    });
  }
  return withFile('gate/config', path, next, () => targetFromSpec(basename(path, '.json'), text));
}
