import type { AuditSettings } from '../policy/audit-settings.ts';
import type { Policy } from '../policy/policy.ts';
import type { FeedKindName } from '../registry/errands/feeds.ts';
import type { ServerConfig } from './config.ts';

/** What of others' word is in force, a line each: what is read, and what of it the policy lets count. */
export function feedSummary(
  names: Readonly<Record<FeedKindName, readonly string[]>>,
  policy: Policy,
  config: ServerConfig,
  isDefault = false,
): string[] {
  const settings = policy.settings.audits as AuditSettings;
  return [
    names.advisories.length === 0
      ? 'no advisory database is configured: known vulnerabilities go unseen (--advisory-db)'
      : isDefault
        ? `advisories from the RustSec project's public database (${names.advisories.join(', ')}), fetched in the background; \`--advisory-db none\` switches it off`
        : `advisories from ${names.advisories.join(', ')}`,
    ...auditLines(names.audits, settings, config),
    ...proofLines(names.proofs, settings, config),
    ...(names.exploited.length === 0
      ? []
      : [
          `exploited vulnerabilities as ${names.exploited.map((name) => name.replace(/^exploited: /, '')).join(', ')} lists them`,
        ]),
  ];
}

function auditLines(
  names: readonly string[],
  { organisations, answers }: AuditSettings,
  { audits }: ServerConfig,
): string[] {
  const read = [...Object.keys(audits.imports), ...(audits.own === undefined ? [] : ['own'])];
  const counted = organisations.filter((name) => read.includes(name));
  const absent = organisations.filter((name) => !read.includes(name));
  // What one's own project locked of others is known only once it was read.
  const locked = audits.own === undefined ? '' : '; your own imports.lock may';
  const answered = answers.length === 0 ? '' : `, which answers ${answers.join(', ')}`;
  const yes =
    counted.length === 0
      ? 'none of them counts as a yes'
      : `a yes of ${counted.join(', ')} counts${answered}`;
  return [
    ...(names.length === 0 ? [] : [`cargo-vet audits from ${names.join(', ')}; ${yes}`]),
    ...(absent.length === 0
      ? []
      : [
          `the policy counts on audits of ${absent.join(', ')}, which [audits.imports] does not name${locked}`,
        ]),
  ];
}

function proofLines(names: readonly string[], settings: AuditSettings, { crev }: ServerConfig): string[] {
  if (names.length === 0) return [];
  const from = `crev proofs from ${names.map((name) => name.replace(/^crev: /, '')).join(', ')}`;
  if (crev.ids.length === 0) return [`${from}; no id is trusted, so that none of them counts ([crev] ids)`];
  const ids = crev.ids.length === 1 ? 'one id' : `${crev.ids.length} ids`;
  return [`${from}; they count from ${settings['trust-level']} trust on, beginning at ${ids}`];
}
