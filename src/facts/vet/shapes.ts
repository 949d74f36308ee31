import { z } from 'zod';
import { tryParseRequirement } from '../../cargo/requirement.ts';
import { parseVetVersion } from './version.ts';

/** The parts that cargo-vet's files share: what a string must be, and how leniently lists are written. */

export const version = z.string().transform((text, context) => {
  const parsed = parseVetVersion(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `\`${text}\` is not a version` });
  return z.NEVER;
});

/** `FROM -> TO`. */
export const delta = z.string().transform((text, context) => {
  const arrow = text.indexOf('->');
  const from = arrow === -1 ? undefined : parseVetVersion(text.slice(0, arrow).trim());
  const to = arrow === -1 ? undefined : parseVetVersion(text.slice(arrow + 2).trim());
  if (from !== undefined && to !== undefined) return { from, to };
  context.addIssue({ code: 'custom', message: `\`${text}\` is not of the form \`VERSION -> VERSION\`` });
  return z.NEVER;
});

export const requirement = z.string().transform((text, context) => {
  const parsed = tryParseRequirement(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: `\`${text}\` is not a version requirement` });
  return z.NEVER;
});

/** A day, in UTC as cargo-vet counts days; normalised, so that text order is time order. */
export const day = z.string().transform((text, context) => {
  const [, year = '', month = '', date = ''] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  const normal = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const time = Date.parse(`${normal}T00:00:00Z`);
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(normal)) return normal;
  context.addIssue({ code: 'custom', message: `\`${text}\` is not a day` });
  return z.NEVER;
});

/** `"x"` and `["x"]` are the same. */
export const oneOrMore = z.union([z.string().transform((text) => [text]), z.array(z.string())]);

/** Who published: a user by number, since names can be given up and taken, or a workflow that the registry trusts. */
export type PublisherId =
  | { readonly kind: 'user'; readonly id: number }
  /** As the registry says it: `github:owner/repository`. */
  | { readonly kind: 'workflow'; readonly id: string };

/** The fields that name a publisher; `publisherOf` reads them. */
export const publisherFields = {
  'user-id': z.int().min(0).optional(),
  'trusted-publisher': z.string().optional(),
};

export function publisherOf(
  entry: { readonly 'user-id'?: number | undefined; readonly 'trusted-publisher'?: string | undefined },
  context: { addIssue(issue: { code: 'custom'; message: string }): void },
): PublisherId {
  if (entry['user-id'] !== undefined) return { kind: 'user', id: entry['user-id'] };
  if (entry['trusted-publisher'] !== undefined) return { kind: 'workflow', id: entry['trusted-publisher'] };
  context.addIssue({ code: 'custom', message: 'needs `user-id` or `trusted-publisher`' });
  return z.NEVER;
}

export function samePublisher(a: PublisherId, b: PublisherId): boolean {
  return a.kind === b.kind && a.id === b.id;
}
