import { stringify } from 'smol-toml';
import { z } from 'zod';
import { comparePrecedence, parseVersion, tryParseVersion } from '../cargo/version.ts';
import type { Approval } from '../facts/approval.ts';
import { crateName } from './names.ts';
import { readToml, type TomlSource } from './toml.ts';

/**
 * Where a project keeps its approvals, below the folder of its lockfile. Format 1 knew only Rust code; an entry of format 2 has the
 * digest of the files beside it as well (`files`). Both are read; what is written is format 2, in which older entries stay without.
 */
export const allowListPath = 'safeguard/allow.toml';

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex');
const moment = z.iso.datetime({ error: 'is no moment such as "2026-11-25T09:00:00Z"' });

const schema = z.strictObject({
  version: z.union([z.literal(1), z.literal(2)], { error: 'is not 1 or 2, which this safeguard reads' }),
  approved: z
    .array(
      z
        .strictObject({
          crate: crateName,
          kind: z.enum(['build-script', 'proc-macro', 'helper']),
          version: z.string().refine((text) => tryParseVersion(text) !== undefined, 'is not a version'),
          by: z.string().min(1),
          at: moment,
          reason: z.string().min(1),
          expires: z.iso.date({ error: 'is no date such as "2027-01-31"' }).optional(),
          grandfathered: z.literal(true).optional(),
          together: z.literal(true).optional(),
          tokens: digest.optional(),
          files: digest.optional(),
          surface: digest.optional(),
          capabilities: z.array(z.string()).default([]),
        })
        .refine(({ kind, tokens }) => kind === 'helper' || tokens !== undefined, 'has no `tokens`'),
    )
    .default([]),
});

/** Reads a list of approvals. Throws `PolicyError` with the place of what is wrong. */
export function parseAllowList(source: TomlSource): readonly Approval[] {
  return readToml(schema, source).approved.map(
    ({ expires, grandfathered, together, tokens, files, surface, ...entry }) => ({
      ...entry,
      ...(expires === undefined ? {} : { expires }),
      ...(grandfathered === undefined ? {} : { grandfathered }),
      ...(together === undefined ? {} : { together }),
      ...(tokens === undefined ? {} : { tokens }),
      ...(files === undefined ? {} : { files }),
      ...(surface === undefined ? {} : { surface }),
    }),
  );
}

/** The text of a list: sorted, and a line for each thing, so that a pull request shows what changes. */
export function printAllowList(approvals: readonly Approval[]): string {
  return [
    '# What may run while this project is built, and who said so. Written by `safeguard review --approve`.',
    'version = 2',
    ...approvals.toSorted(byCrate).map(printEntry),
    '',
  ].join('\n');
}

function printEntry(approval: Approval): string {
  const { capabilities, ...fields } = approval;
  const { crate, kind, version, by, at, reason, expires, grandfathered, together, tokens, files, surface } =
    fields;
  const written = {
    crate,
    kind,
    version,
    by,
    at,
    reason,
    expires,
    grandfathered,
    together,
    tokens,
    files,
    surface,
  };
  const head = stringify(
    Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)),
  );
  const items = capabilities.map((one) => `    ${stringify({ a: one }).trim().slice('a = '.length)},`);
  const list = items.length === 0 ? ['capabilities = []'] : ['capabilities = [', ...items, ']'];
  return ['', '[[approved]]', head.trim(), ...list].join('\n');
}

function byCrate(a: Approval, b: Approval): number {
  if (a.crate !== b.crate) return a.crate < b.crate ? -1 : 1;
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return comparePrecedence(parseVersion(a.version), parseVersion(b.version));
}

/** A list with one more approval: it takes the place of that of the same version, and of those that no `kept` version needs. */
export function withApproval(
  approvals: readonly Approval[],
  added: Approval,
  isKept: (crate: string, version: string) => boolean,
): readonly Approval[] {
  const others = approvals.filter(
    ({ crate, kind, version }) =>
      crate !== added.crate || kind !== added.kind || (version !== added.version && isKept(crate, version)),
  );
  return [...others, added];
}

/** How approvals are told apart. */
export function approvalKey({
  crate,
  kind,
  version,
  tokens,
  files,
  surface,
  by,
  reason,
  expires,
}: Approval): string {
  return JSON.stringify([crate, kind, version, tokens, files, surface, by, reason, expires]);
}
