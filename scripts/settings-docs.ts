/** Writes docs/settings.md from what the server reads: `node scripts/settings-docs.ts`. A test fails when it is stale. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allSettings, type DescribedSetting } from '../src/server/settings/described.ts';

const heads: readonly (readonly [DescribedSetting['kind'], title: string, about: string])[] = [
  ['flag', 'Flags', 'Of `safeguard serve`.'],
  [
    'environment',
    'Environment',
    'Keys of server.toml that end in `-env` name further variables, which hold secrets. Proxies and certificates are taken from ' +
      '`HTTPS_PROXY`, `NO_PROXY` and `NODE_EXTRA_CA_CERTS`, as elsewhere.',
  ],
  [
    'file',
    'server.toml',
    'Given with `--config`. `[]` stands for each table of several (`[[upstream]]`), `*` for any name. What is allowed stands in the ' +
      '[policy](policy.md), never here.',
  ],
];

/** The page. */
export function settingsPage(): string {
  const all = allSettings();
  const sections = heads.flatMap(([kind, title, about]) => [
    `## ${title}`,
    '',
    about,
    '',
    '| setting | default | meaning |',
    '| --- | --- | --- |',
    ...all.filter((one) => one.kind === kind).map(row),
    '',
  ]);
  return [
    '# Settings of the server',
    '',
    'What a running server goes by, with the origin of each value, is on its page *Settings* and at `GET /api/v1/settings` (roles `auditor`',
    'and `admin`). A flag counts for itself; no key of the file has a flag of the same meaning but `--advisory-db`, which adds to',
    '`advisory-db`. Secrets are never shown, and of addresses no user, password or query; what stands in a path is, so keep tokens out of paths.',
    '',
    ...sections,
  ].join('\n');
}

function row({ name, default: usual, description }: DescribedSetting): string {
  const value =
    usual === undefined || (typeof usual === 'boolean' && name.startsWith('--'))
      ? ''
      : `\`${JSON.stringify(usual)}\``;
  return `| \`${name}\` | ${value} | ${description.replaceAll('|', '\\|')} |`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, '..', 'docs', 'settings.md'), settingsPage());
