import { parse } from 'yaml';
import { z } from 'zod';
import { tryParseVersion } from '../../cargo/version.ts';
import { isId } from './signature.ts';

/** What a proof says, whoever signed it. */
export type Content = Review | Trust | OtherContent;

/** Someone's review of one release. */
export interface Review extends Common {
  readonly kind: 'review';
  readonly package: PackageId;
  /** base64url of the digest of what was reviewed. */
  readonly digest: string;
  /** The release that only the difference to was looked at. */
  readonly base: PackageId | undefined;
  readonly rating: Rating;
  readonly thoroughness: Level;
  readonly understanding: Level;
  /** Problems that start with this version, until an advisory says that they are over. */
  readonly issues: readonly Issue[];
  /** Problems of earlier versions that this version mends. */
  readonly advisories: readonly Advisory[];
  readonly unmaintained: boolean;
  /** Ids whose review of this package the author asks to disregard. */
  readonly overrides: readonly string[];
  /** The program that did the review, if no person did. */
  readonly agent: string | undefined;
  readonly comment: string;
}

/** How much someone trusts others as reviewers. */
export interface Trust extends Common {
  readonly kind: 'trust';
  readonly ids: readonly string[];
  readonly level: TrustLevel;
  /** Ids whose trust in these the author asks to disregard. */
  readonly overrides: readonly string[];
}

/** Signed, but of no use here: reviews of single files. */
export interface OtherContent extends Common {
  readonly kind: 'other';
}

interface Common {
  /** The author's id: who must have signed it. */
  readonly from: string;
  /** Where the author publishes, as they say. */
  readonly url: string | undefined;
  /** Epoch milliseconds. */
  readonly date: number;
}

export interface PackageId {
  /** `cratesIoSource` for the registry's releases. */
  readonly source: string;
  readonly name: string;
  readonly version: string;
}

export interface Issue {
  readonly id: string;
  readonly severity: Level;
  readonly range: VersionSpan;
  readonly comment: string;
}

export interface Advisory extends Omit<Issue, 'id'> {
  readonly ids: readonly string[];
}

export type Rating = (typeof ratings)[number];
export type Level = (typeof levels)[number];
export type TrustLevel = (typeof trustLevels)[number];
/** Which versions: all, those of the same major, those of the same major and minor. */
export type VersionSpan = 'all' | 'major' | 'minor';

/** Each from least to most. */
export const ratings = ['negative', 'neutral', 'positive', 'strong'] as const;
export const levels = ['none', 'low', 'medium', 'high'] as const;
export const trustLevels = ['distrust', 'none', 'low', 'medium', 'high'] as const;

const level = z.enum(levels);
const text = z.string().default('');
const id = z.string().refine(isId, 'not an id');
const publicId = z.looseObject({ 'id-type': z.literal('crev'), id, url: z.string().optional() });
const overrides = z.array(publicId).default([]);

const common = {
  kind: z.string().optional(),
  version: z.string().regex(/^-?\d+$/),
  date: z.string().transform((value, context) => {
    const time = Date.parse(value);
    if (!Number.isNaN(time)) return time;
    context.addIssue({ code: 'custom', message: 'not a date' });
    return z.NEVER;
  }),
  from: publicId,
};

const package_ = z.looseObject({
  source: z.string().min(1),
  name: z.string(),
  version: z.string().refine((value) => tryParseVersion(value) !== undefined, 'not a version'),
  digest: z.string(),
});

const problem = {
  severity: level.default('medium'),
  range: z.enum(['all', 'major', 'minor']).default('all'),
  comment: text,
};

const review = z.looseObject({
  ...common,
  package: package_,
  'package-diff-base': package_.optional(),
  review: z
    .looseObject({
      rating: z.preprocess((value) => (value === 'dangerous' ? 'negative' : value), z.enum(ratings)),
      thoroughness: level,
      understanding: level,
    })
    .default({ rating: 'neutral', thoroughness: 'none', understanding: 'none' }),
  issues: z.array(z.looseObject({ id: z.string().min(1), ...problem })).default([]),
  advisories: z.array(z.looseObject({ ids: z.array(z.string().min(1)).min(1), ...problem })).default([]),
  flags: z
    .looseObject({ unmaintained: z.enum(['true', 'false']).default('false') })
    .default({ unmaintained: 'false' }),
  comment: text,
  override: overrides,
  'llm-agent': z.looseObject({ model: z.string() }).optional(),
});

const trust = z.looseObject({
  ...common,
  ids: z.array(publicId),
  trust: z.enum(trustLevels),
  override: overrides,
});

/**
 * Reads the body of a proof. `undefined` for what crev would not read either. An old envelope says outside what kind
 * it is, and its body must not; in a new one the body must.
 */
export function readContent(body: string, legacyKind: string | undefined): Content | undefined {
  const yaml = readYaml(body);
  const head = z.looseObject(common).safeParse(yaml);
  if (!head.success || (head.data.kind === undefined) === (legacyKind === undefined)) return undefined;
  const from = { from: head.data.from.id, url: head.data.from.url, date: head.data.date };
  switch (legacyKind ?? head.data.kind) {
    case 'package review': {
      const { success, data } = review.safeParse(yaml);
      return success ? { kind: 'review', ...from, ...reviewOf(data) } : undefined;
    }
    case 'trust': {
      const { success, data } = trust.safeParse(yaml);
      if (!success) return undefined;
      const ids = data.ids.map((each) => each.id);
      return { kind: 'trust', ...from, ids, level: data.trust, overrides: data.override.map(({ id }) => id) };
    }
    default:
      return { kind: 'other', ...from };
  }
}

function reviewOf(data: z.output<typeof review>): Omit<Review, 'kind' | 'from' | 'url' | 'date'> {
  const { package: of, 'package-diff-base': base, review: verdict } = data;
  return {
    package: { source: of.source, name: of.name, version: of.version },
    digest: of.digest,
    base: base === undefined ? undefined : { source: base.source, name: base.name, version: base.version },
    rating: verdict.rating,
    thoroughness: verdict.thoroughness,
    understanding: verdict.understanding,
    issues: data.issues.map(({ id, severity, range, comment }) => ({ id, severity, range, comment })),
    advisories: data.advisories.map(({ ids, severity, range, comment }) => ({
      ids,
      severity,
      range,
      comment,
    })),
    unmaintained: data.flags.unmaintained === 'true',
    overrides: data.override.map(({ id }) => id),
    agent: data['llm-agent']?.model,
    comment: data.comment,
  };
}

/** Every scalar stays the text it is: `version: 1.10` must not become 1.1. No aliases: a proof needs none. */
function readYaml(body: string): unknown {
  try {
    return parse(body, { schema: 'failsafe', maxAliasCount: 0, logLevel: 'error' });
  } catch {
    return undefined;
  }
}
