import { z } from 'zod';
import { type AuditsFile, auditsFile, auditsSchema } from './audits-file.ts';
import { day, oneOrMore, type PublisherId, publisherFields, publisherOf, version } from './shapes.ts';
import { type Read, readTomlFile, type TextFile, tableLines } from './toml-file.ts';
import type { VetVersion } from './version.ts';

/** A project's `imports.lock`: what it last took over from others, already in its own criteria. */
export interface ImportsFile {
  readonly audits: ReadonlyMap<string, AuditsFile>;
  readonly publishers: ReadonlyMap<string, readonly Publication[]>;
  readonly unpublished: ReadonlyMap<string, readonly Unpublished[]>;
}

/** Who published a version, and when. */
export interface Publication {
  readonly version: VetVersion;
  /** UTC. */
  readonly day: string;
  readonly publisher: PublisherId;
  /** The name that goes with it, for people to read. */
  readonly login: string | undefined;
}

/** A version that is not on the registry yet and passes as if it were another. */
export interface Unpublished {
  readonly version: VetVersion;
  readonly auditedAs: VetVersion;
}

const publication = z
  .looseObject({ version, when: day, ...publisherFields, 'user-login': z.string().optional() })
  .transform(
    (entry, context): Publication => ({
      version: entry.version,
      day: entry.when,
      publisher: publisherOf(entry, context),
      login: entry['user-login'],
    }),
  );

const unpublished = z
  .looseObject({ version, audited_as: version })
  .transform((entry): Unpublished => ({ version: entry.version, auditedAs: entry.audited_as }));

const schema = z.looseObject({
  audits: z.record(z.string(), auditsSchema).default({}),
  publisher: z.record(z.string(), z.array(publication)).default({}),
  unpublished: z.record(z.string(), z.array(unpublished)).default({}),
});

/** Reads a project's `imports.lock`. */
export function readImportsFile(source: TextFile): Read<ImportsFile> {
  const { value, problems } = readTomlFile(schema, source);
  if (value === undefined) return { value: undefined, problems };
  const lines = tableLines(source.text);
  const audits = Object.entries(value.audits).map(
    ([name, parsed]) => [name, auditsFile(parsed, source.file, lines, ['audits', name])] as const,
  );
  return {
    value: {
      audits: new Map(audits),
      publishers: new Map(Object.entries(value.publisher)),
      unpublished: new Map(Object.entries(value.unpublished)),
    },
    problems,
  };
}

/** A `registry.toml`: where well-known organisations publish their audits, by name. */
export function readRegistryFile(source: TextFile): Read<ReadonlyMap<string, readonly string[]>> {
  const shape = z.looseObject({
    registry: z.record(z.string(), z.looseObject({ url: oneOrMore })).default({}),
  });
  const { value, problems } = readTomlFile(shape, source);
  if (value === undefined) return { value: undefined, problems };
  return {
    value: new Map(Object.entries(value.registry).map(([name, { url }]) => [name, url])),
    problems,
  };
}
