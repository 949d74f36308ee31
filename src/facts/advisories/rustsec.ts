import { parse, TomlDate, TomlError } from 'smol-toml';
import { z } from 'zod';
import { CargoError } from '../../cargo/error.ts';
import { type Advisory, defaultSource, idShape } from './advisory.ts';
import { AdvisoryError } from './error.ts';
import { complementOf, rangeText } from './range.ts';

/**
 * Reads one advisory of the RustSec database: Markdown that opens with a ```toml block (its format 3, or 4, which
 * leaves out the `[advisory]` line), or a file that is TOML as a whole (the formats before 2020). What is not needed
 * to match a release may be missing or of a later format: an advisory that is half understood still counts.
 * Throws `AdvisoryError`.
 */
export function parseRustsec(text: string, collection: Advisory['collection'] = 'crates'): Advisory {
  const { toml, title, description } = partsOf(text);
  const { advisory, versions, affected } = readFields(toml);
  const patched = versions.patched ?? advisory.patched_versions ?? [];
  const unaffected = versions.unaffected ?? advisory.unaffected_versions ?? [];
  return {
    id: advisory.id,
    package: advisory.package,
    collection,
    source: sourceName(advisory.source),
    date: advisory.date,
    title: title ?? advisory.title ?? advisory.id,
    description: description ?? advisory.description ?? '',
    url: pageOf(advisory.id) ?? webAddress(advisory.url) ?? '',
    references: [...(advisory.url === undefined ? [] : [advisory.url]), ...advisory.references],
    aliases: advisory.aliases,
    related: advisory.related,
    categories: advisory.categories,
    keywords: advisory.keywords,
    ...(advisory.informational === undefined ? {} : { informational: advisory.informational }),
    ...(advisory.cvss === undefined ? {} : { cvss: advisory.cvss }),
    ...(advisory.withdrawn === undefined ? {} : { withdrawn: advisory.withdrawn }),
    expectDeleted: advisory['expect-deleted'],
    versions: { patched, unaffected, affected: affectedRanges([...patched, ...unaffected]) },
    platforms: {
      arch: affected.arch ?? advisory.affected_arch ?? [],
      os: affected.os ?? advisory.affected_os ?? [],
      functions: affected.functions ?? {},
    },
  };
}

/** Whether it is the placeholder id of an advisory that is still a draft. */
export function isDraft(id: string): boolean {
  return id.startsWith('RUSTSEC-0000-');
}

/** The page of a RustSec advisory; `undefined` for other databases' ids. */
export function pageOf(id: string): string | undefined {
  return /^RUSTSEC-\d{4}-\d{4,}$/.test(id) ? `https://rustsec.org/advisories/${id}.html` : undefined;
}

function webAddress(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\//.test(url) ? url : undefined;
}

const date = z
  .union([z.string(), z.instanceof(TomlDate)])
  .transform((value) => (typeof value === 'string' ? value : value.toISOString()).slice(0, 10))
  .pipe(z.string().regex(/^\d{4}-\d\d-\d\d$/, 'expected a date'));

/** Fields that only people read: what is not understood of them is left out. */
const texts = z.array(z.string()).catch([]).default([]);
const text = z.string().optional().catch(undefined);
const requirements = z.array(z.string()).optional();

const fields = z.object({
  advisory: z.object({
    id: z.string().regex(idShape, 'expected an id'),
    package: z.string().min(1),
    date,
    title: text,
    description: text,
    url: text,
    references: texts,
    aliases: texts,
    related: texts,
    categories: texts,
    keywords: texts,
    informational: z.string().optional(),
    cvss: text,
    withdrawn: date.optional(),
    source: z.string().optional(),
    'expect-deleted': z.boolean().catch(false).default(false),
    // Before `[versions]` and `[affected]` there were these.
    patched_versions: requirements,
    unaffected_versions: requirements,
    affected_arch: requirements,
    affected_os: requirements,
  }),
  versions: z.object({ patched: requirements, unaffected: requirements }).default({}),
  affected: z
    .object({
      arch: requirements,
      os: requirements,
      functions: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
    })
    .default({}),
});

interface Parts {
  readonly toml: string;
  readonly title?: string;
  readonly description?: string;
}

function partsOf(file: string): Parts {
  const text = file.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  if (!text.startsWith('```')) return { toml: text };
  const end = text.indexOf('\n```');
  const start = text.indexOf('\n');
  if (!text.startsWith('```toml') || end === -1 || end < start) throw unreadable('its TOML block has no end');
  const markdown = text.slice(end + '\n```'.length).trim();
  const heading = /^# ([^\n]*)\n?/.exec(markdown);
  const toml = text.slice(start, end);
  if (heading?.[1] === undefined) return { toml, description: markdown };
  return { toml, title: heading[1].trim(), description: markdown.slice(heading[0].length).trim() };
}

function readFields(toml: string): z.output<typeof fields> {
  let table: Record<string, unknown>;
  try {
    table = parse(toml);
    // Format 4 has the fields of `[advisory]` at the top. (A table after them would swallow nothing: they come first.)
    if (!('advisory' in table))
      table = { advisory: table, versions: table.versions, affected: table.affected };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const reason = cause.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'it is not TOML';
    throw unreadable(`its TOML is broken: ${reason}`, cause);
  }
  const result = fields.safeParse(table);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw unreadable(`${issue?.path.join('.') ?? 'it'}: ${issue?.message ?? 'not understood'}`, result.error);
}

function affectedRanges(unaffected: readonly string[]): Advisory['versions']['affected'] {
  try {
    return complementOf(unaffected).map(rangeText);
  } catch (cause) {
    if (!(cause instanceof CargoError)) throw cause;
    throw unreadable(cause.message, cause);
  }
}

/** The registry that cargo calls crates-io has one name here, however it is addressed. */
function sourceName(source: string | undefined): string {
  if (source === undefined) return defaultSource;
  return /^(?:registry\+)?https:\/\/github\.com\/rust-lang\/crates\.io-index\/?$/.test(source)
    ? defaultSource
    : source;
}

function unreadable(reason: string, cause?: unknown): AdvisoryError {
  return new AdvisoryError(reason, cause);
}
