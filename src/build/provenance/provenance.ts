import {
  type BuildSession,
  buildType,
  type ExternalParameters,
  type InternalParameters,
  type Provenance,
} from '../../attest/provenance.ts';
import type { Resource } from '../../attest/statement.ts';
import { byText } from '../../bom/document.ts';
import { purlText } from '../../bom/purl.ts';
import type { BuiltPackage, Resolution } from '../../cargo/resolve/resolve.ts';
import { parseSourceId } from '../../cargo/source-id.ts';
import type { Limits } from '../limits/cell.ts';
import type { Witness } from '../oracle/ask.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Toolchain } from '../run/toolchain.ts';
import type { Bubblewrap } from '../sandbox/bubblewrap.ts';
import { purlOf } from '../sbom/component.ts';

/** What is said of how a build was made. */
export interface ProvenanceInput {
  readonly parameters: ExternalParameters;
  readonly bubblewrap: Bubblewrap | undefined;
  readonly recorder: Recorder;
  readonly network: 'none' | 'named';
  readonly limits: Limits;
  /** Bytes. */
  readonly disk: number;
  readonly source: Resource | undefined;
  /** SHA-256 (hex) of the Cargo.lock. */
  readonly lockfile: string;
  readonly resolution: Resolution;
  readonly session: BuildSession | undefined;
  /** Whose lists of crates agreed with it. */
  readonly witnesses: readonly Witness[];
  readonly toolchain: Toolchain;
  readonly builder: string;
  /** Of Safeguard. */
  readonly version: string;
  /** RFC 3339, in UTC. */
  readonly started: string;
  readonly finished: string;
  readonly byproducts: readonly Resource[];
}

/** The predicate of a provenance statement: everything that was compiled is named, and what held the build as it was. */
export function provenanceOf(input: ProvenanceInput): Provenance {
  const { toolchain, source } = input;
  const compiler: Resource = {
    name: toolchain.rustcVersion,
    uri: `pkg:generic/rustc@${encodeURIComponent(toolchain.release)}`,
    ...(toolchain.commit === undefined ? {} : { digest: { gitCommit: toolchain.commit } }),
    annotations: { host: toolchain.host, cargo: toolchain.cargoVersion },
  };
  return {
    buildDefinition: {
      buildType,
      externalParameters: input.parameters,
      internalParameters: {
        ...heldBy(input),
        ...(input.session === undefined ? {} : { session: input.session }),
        agreed: input.witnesses,
      },
      resolvedDependencies: [
        ...(source === undefined ? [] : [source]),
        { name: 'Cargo.lock', digest: { sha256: input.lockfile } },
        compiler,
        ...cratesIn(input.resolution),
      ],
    },
    runDetails: {
      builder: { id: input.builder, version: { safeguard: input.version } },
      metadata: { startedOn: input.started, finishedOn: input.finished },
      byproducts: input.byproducts,
    },
  };
}

function heldBy({
  bubblewrap,
  recorder,
  network,
  limits,
  disk,
}: ProvenanceInput): Omit<InternalParameters, 'agreed' | 'session'> {
  return {
    sandbox:
      bubblewrap === undefined
        ? { kind: 'none' }
        : {
            kind: 'bubblewrap',
            version: bubblewrap.version,
            network,
            unixSockets: bubblewrap.filtered ? 'none' : 'own',
          },
    recorder,
    limits:
      limits.kind !== 'cgroup'
        ? { ...limits, disk }
        : { kind: 'cgroup', processes: limits.processes, memory: limits.memory, disk },
  };
}

/** Each package once, whatever it was built for. Those of the project are part of its source. */
function cratesIn({ packages }: Resolution): readonly Resource[] {
  const found = new Map<string, Resource>();
  for (const built of packages) {
    const purl = purlOf(built);
    if (purl === undefined) continue;
    const uri = purlText(purl);
    found.set(uri, { name: `${built.name} ${built.version}`, uri, ...digestOf(built) });
  }
  return [...found.values()].toSorted((a, b) => byText(a.uri ?? '', b.uri ?? ''));
}

function digestOf({ checksum, source }: BuiltPackage): Pick<Resource, 'digest'> {
  if (checksum !== undefined) return { digest: { sha256: checksum } };
  const id = source === undefined ? undefined : parseSourceId(source);
  return id?.kind === 'git' && id.reference.commit !== undefined
    ? { digest: { gitCommit: id.reference.commit } }
    : {};
}
