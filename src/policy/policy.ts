import { createHash } from 'node:crypto';
import { z } from 'zod';
import { rules } from './rules/index.ts';
import { readToml, type TomlSource } from './toml.ts';

/** A policy in force: every rule's settings, with defaults filled in. */
export interface Policy {
  /** SHA-256 (hex) over the rules and their effective settings: equal digests judge alike. */
  readonly digest: string;
  /** The file as it was read. */
  readonly text: string;
  /** By section name; each is what its rule's schema parsed. */
  readonly settings: Readonly<Record<string, unknown>>;
}

const schema = z.strictObject(
  Object.fromEntries(rules.map((rule) => [rule.section, rule.settings.prefault({})] as const)),
);

/**
 * Reads a `safeguard.toml`. An empty text is a good policy: every setting has a default.
 * Throws `PolicyError` with file, line and a suggestion for anything that it does not know.
 */
export function loadPolicy(source: TomlSource): Policy {
  const settings = readToml(schema, source);
  return { digest: digestOf(settings), text: source.text, settings };
}

function digestOf(settings: Readonly<Record<string, unknown>>): string {
  const ids = rules.map((rule) => rule.id).sort();
  return createHash('sha256')
    .update(canonicalJson({ rules: ids, settings }))
    .digest('hex');
}

/** JSON with sorted keys: equal values give equal bytes. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
