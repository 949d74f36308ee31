import { join } from 'node:path';
import { loadFeed } from '../facts/advisories/load.ts';
import { loadProofs } from '../facts/crev/feed.ts';
import { loadExploited } from '../facts/exploited/feed.ts';
import type { FeedPorts } from '../facts/feed/files.ts';
import { isAddress, placeName } from '../facts/feed/place.ts';
import { nodeFeedPorts } from '../facts/feed/ports.ts';
import { type FeedSource, feedSource, sourceText } from '../facts/feed/source.ts';
import type { Stopwatch } from '../facts/stopwatch.ts';
import type { AuditsFeed } from '../facts/vet/feed.ts';
import { type AuditsPlace, loadAudits, loadOwnAudits, placeText } from '../facts/vet/load.ts';
import { ownOrganisation } from '../facts/vet/store.ts';
import type { FeedPlan } from '../registry/errands/feed-group.ts';
import type { FeedPlans } from '../registry/errands/feeds.ts';
import { RegistryError } from '../registry/error.ts';
import type { ServerConfig } from './config.ts';
import { type ChosenAdvisories, orOutOfReach } from './default-advisories.ts';

/** What the feeds of a server follow from. */
export interface FeedSettings {
  readonly data: string;
  readonly config: ServerConfig;
  /** Advisory databases: folders or addresses; absent: those of the configuration. */
  readonly advisories?: ChosenAdvisories | undefined;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Milliseconds that somebody waits for a database that nobody named; absent: nobody does. */
  readonly patience?: number | undefined;
  /** Absent: the machine's. */
  readonly stopwatch?: Stopwatch | undefined;
  /** Whether they are those of a command that ends, and that nobody else waits for. */
  readonly isCache?: boolean | undefined;
}

/** The feeds of the command line and of the configuration. Throws `FeedError` or `RegistryError` for what names none. */
export function feedPlans(settings: FeedSettings): FeedPlans {
  const { data, config, advisories: chosen, clock, stopwatch, patience, isCache: isAlone } = settings;
  const cache = join(data, 'feeds');
  const ports = nodeFeedPorts({ cache, clock, stopwatch, isAlone });
  const hasty = nodeFeedPorts({ cache, clock, stopwatch, patience, isAlone });
  const { audits, crev, exploited } = config;
  const { databases, isDefault } = chosen ?? { databases: config['advisory-db'], isDefault: false };
  const rules = Object.entries(audits.imports).flatMap(([name, { exclude, 'criteria-map': map }]) => {
    const criteriaMap = new Map(Object.entries(map));
    // Where nothing is said here, what one's own `config.toml` says of the organisation holds.
    return exclude.length + criteriaMap.size === 0 ? [] : [[name, { exclude, criteriaMap }] as const];
  });
  return {
    advisories: {
      plans: sources(databases, 'advisory database').map((source) => ({
        name: sourceText(source),
        load: () => (isDefault ? orOutOfReach(() => loadFeed(source, hasty)) : loadFeed(source, ports)),
        isDefault,
        isLocal: source.kind === 'folder',
      })),
      every: config['advisory-interval'],
    },
    audits: { plans: auditPlans(audits, ports), every: audits.interval, rules: new Map(rules) },
    proofs: {
      plans: sources(crev.proofs, 'place of crev proofs').map((source) => ({
        name: `crev: ${sourceText(source)}`,
        load: () => loadProofs(source, ports),
      })),
      every: crev.interval,
      ids: crev.ids,
    },
    exploited: {
      plans: [...new Set(exploited.feeds)].map((place) => ({
        name: `exploited: ${placeName(place)}`,
        load: () => loadExploited(place, ports),
        isLocal: !isAddress(place),
      })),
      every: exploited.interval,
    },
  };
}

/** Where something is read from is part of its name: what was read elsewhere is not taken for it. */
function auditPlans(config: ServerConfig['audits'], ports: FeedPorts): FeedPlan<AuditsFeed>[] {
  const own = config.own === undefined ? [] : sources([config.own], 'place of audits');
  const others = Object.entries(config.imports).map(([name, { url }]) => {
    const place = placeOf(name, url, config.list);
    return { name: `${name}: ${placeText(place)}`, load: () => loadAudits(name, place, ports) };
  });
  return [
    ...others,
    ...own.map((source) => ({
      name: `${ownOrganisation}: ${sourceText(source)}`,
      load: () => loadOwnAudits(source, ports),
    })),
  ];
}

function placeOf(name: string, url: readonly string[] | undefined, list: string | undefined): AuditsPlace {
  const bad = (reason: string) =>
    new RegistryError('registry/bad-config', `[audits.imports.${name}] ${reason}`);
  if (name === ownOrganisation) throw bad(`takes the name of your own audits: give it another`);
  if (url !== undefined) return { kind: 'files', places: url };
  if (list === undefined) throw bad('has no `url`, and there is no `list` in [audits] that could name it');
  return { kind: 'listed', list };
}

function sources(texts: readonly string[], what: string): readonly FeedSource[] {
  return [...new Set(texts)].map((text) => feedSource(text, what));
}
