import { parsePurl } from '../../bom/purl.ts';
import { canonicalName } from '../../cargo/index-path.ts';
import type { PackageAdvisory } from '../../distribution/advisory/advisory.ts';
import { installedOf } from '../../distribution/installed.ts';
import type { Advisory } from '../../facts/advisories/advisory.ts';
import type { AdvisoryFeed } from '../../facts/advisories/load.ts';
import type { ComponentRecord } from '../../store/inventory/records.ts';
import { functionsNamed } from '../affected/functions.ts';
import { judgePackage } from '../affected/libraries.ts';
import { judgeCrate } from '../affected/suspects.ts';

/** An advisory that strikes a release. */
export interface Strike {
  readonly componentId: number;
  /** The advisory's id and its package. */
  readonly advisory: string;
  readonly body: StruckBody;
}

/** What is kept of it. Plain JSON. */
export interface StruckBody {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly package: string;
  readonly title: string;
  readonly url: string;
  /** The release, for people. */
  readonly release: string;
  /** The first version that has it not any more. */
  readonly fixed?: string | undefined;
  /** Targets that it is not about are ruled out by these. */
  readonly platforms?: Advisory['platforms'] | undefined;
  /** Paths of the functions that it is about in that release; absent: it is about all of it, or was kept before these were. */
  readonly functions?: readonly string[] | undefined;
  /** When it was told of for all hosts at once that ran it then: epoch milliseconds. */
  readonly told?: number | undefined;
}

/** What is kept of a strike, of its text. */
export function struckBody(text: string): StruckBody {
  // Sound: the store keeps what was given to it of this.
  return JSON.parse(text) as StruckBody;
}

/** What tells one strike from another. */
export function strikeKey({ componentId, advisory }: Pick<Strike, 'componentId' | 'advisory'>): string {
  return `${componentId} ${advisory}`;
}

/** Finds what strikes releases: the same matching that answers a question, from the side of the release. */
export class Strikes {
  readonly #feeds: readonly AdvisoryFeed[];
  readonly #packages: ReadonlyMap<string, readonly PackageAdvisory[]>;

  constructor(feeds: readonly AdvisoryFeed[]) {
    this.#feeds = feeds;
    const packages = feeds.flatMap((feed) => feed.packages).filter((one) => one.withdrawn === undefined);
    this.#packages = Map.groupBy(packages, (one) => one.package);
  }

  of(component: ComponentRecord): readonly Strike[] {
    const found = component.kind === 'other' ? this.#ofPackage(component) : this.#ofCrate(component);
    return [...new Map(found.map((one) => [one.advisory, one])).values()];
  }

  /** Vulnerabilities and malice: that nobody maintains a crate is no exposure. */
  #ofCrate(component: ComponentRecord): readonly Strike[] {
    return this.#feeds.flatMap(({ database }) =>
      (database.byPackage.get(canonicalName(component.name)) ?? []).flatMap((entry): readonly Strike[] => {
        const { advisory, kind } = entry;
        if (advisory.collection !== 'crates' || (kind !== 'vulnerability' && kind !== 'malicious')) return [];
        const verdict = judgeCrate(component, entry);
        if (verdict.kind !== 'meant') return [];
        const { arch, os } = advisory.platforms;
        const platforms = arch.length === 0 && os.length === 0 ? undefined : advisory.platforms;
        const functions = functionsNamed([advisory], component.version);
        const { body, ...one } = strike(component, advisory, verdict.fixed, platforms);
        return [{ ...one, body: functions.length === 0 ? body : { ...body, functions } }];
      }),
    );
  }

  #ofPackage(component: ComponentRecord): readonly Strike[] {
    const installed = installedOf(parsePurl(component.identity));
    if (installed === undefined) return [];
    const names = new Set([installed.source.name, installed.name]);
    return [...names].flatMap((name) =>
      (this.#packages.get(name) ?? []).flatMap((advisory): readonly Strike[] => {
        const verdict = judgePackage(component, advisory);
        return verdict.kind === 'meant' ? [strike(component, advisory, verdict.fixed)] : [];
      }),
    );
  }
}

function strike(
  component: ComponentRecord,
  {
    id,
    aliases,
    package: name,
    title,
    url,
  }: Pick<Advisory | PackageAdvisory, 'id' | 'aliases' | 'package' | 'title' | 'url'>,
  fixed: string | undefined,
  platforms?: Advisory['platforms'],
): Strike {
  const release = `${component.name} ${component.version ?? '(version unknown)'}`;
  const body = { id, aliases, package: name, title, url, release, fixed, platforms };
  return { componentId: component.id, advisory: `${id} ${name}`, body };
}
