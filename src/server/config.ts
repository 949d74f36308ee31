import { isIP } from 'node:net';
import { z } from 'zod';
import { durationSetting } from '../policy/duration.ts';
import { readToml, type TomlSource } from '../policy/toml.ts';
import { eventSources } from '../registry/events/index.ts';
import { notifySection } from '../registry/notify/settings.ts';
import { type UpstreamAddress, upstreamAddress } from '../registry/upstream/address.ts';
import { credentialOf } from '../registry/upstream/credential.ts';
import { artefactsSection } from './artefacts/settings.ts';
import { auditsConfig, crevConfig } from './audits-config.ts';
import { blobsConfig } from './blobs-config.ts';
import { ciSection } from './build-sessions/ci-config.ts';
import { exploitedConfig } from './exploited-config.ts';
import { oidcSection } from './identity/oidc-config.ts';
import { limitsConfig } from './limits-config.ts';
import { signingSection } from './signatures/settings.ts';
import { downloadsAt, tokenConfig, tokensIn } from './token-config.ts';

const upstreamSetting = z
  .string()
  .optional()
  .describe('The upstream that it is about, by name; absent: the default one.');

/** `server.toml`: how this server is connected. What is allowed stands in the policy, never here. */
export const configSchema = z.strictObject({
  'public-url': z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('The address that clients use, where it is not the one they send as Host (behind a proxy).'),
  'trusted-proxies': z
    .array(
      z.string().refine(isNetwork, 'expected an IP address or a network, such as 10.0.0.0/8 or fd00::/8'),
    )
    .default([])
    .describe(
      'Addresses and networks of the proxies before it: of those alone `X-Forwarded-For` and `-Proto` are believed. Without them, whoever comes through a proxy has its address, in the audit log too.',
    ),
  'auth-required': z
    .boolean()
    .default(false)
    .describe('Whether crates, too, and what is said of them are for those who have a token.'),
  'poll-interval': durationSetting('10m').describe('Time between two looks at the index file of a crate.'),
  'index-memory': z.int().min(1).default(32).describe('MiB of prepared index files kept in memory.'),
  'download-memory': z
    .int()
    .min(0)
    .default(16)
    .describe('MiB of small `.crate` files, those asked for again and again, kept in memory.'),
  blobs: blobsConfig.optional().describe('Where crates are kept, if not in the data folder.'),
  'advisory-db': z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Advisory databases: folders, git repositories, URLs of tarballs, or none; where none is named, that of the RustSec project.',
    ),
  'advisory-interval': durationSetting('1h').describe('Time between two readings of an advisory database.'),
  audits: auditsConfig.describe('Where cargo-vet audits come from.'),
  crev: crevConfig.describe('Where cargo-crev proofs come from.'),
  exploited: exploitedConfig.describe(
    'Who says which vulnerabilities are actively exploited: what starts the clock of the EU’s Cyber Resilience Act, article 14.',
  ),
  approvals: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A file in the form of safeguard/allow.toml: what the organisation approved of for all its projects. Read anew each time.',
    ),
  contact: z
    .string()
    .trim()
    .regex(/^[ -~]{3,200}$/, 'expected a mail address or a URL')
    .optional()
    .describe('Who runs this server, told to the registries that [dump] and [registry-api] ask.'),
  dump: z
    .strictObject({
      from: z
        .string()
        .min(1)
        .describe("A registry's name, a URL, a file (with a /), or `none`: what was imported is forgotten."),
      interval: durationSetting('24h').describe('Time between two looks for a new one.'),
      upstream: upstreamSetting,
    })
    .optional()
    .describe('A daily database dump: owners, publishers, downloads and all names.'),
  'registry-api': z
    .strictObject({
      from: z.string().min(1).describe("A registry's name, or the URL that its web API is under."),
      upstream: upstreamSetting,
    })
    .optional()
    .describe('The web API that is asked who owns and publishes crates, once a second at most.'),
  artefacts: artefactsSection,
  audit: z
    .strictObject({
      key: z
        .string()
        .min(1)
        .optional()
        .describe(
          'PEM file with the private key that signs the heads of the log; absent: one that is made in the data folder.',
        ),
      'anchor-file': z
        .string()
        .min(1)
        .optional()
        .describe('One more file that heads are appended to, on another disk than the database.'),
      'anchor-url': z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('A web address that each new head is posted to as JSON.'),
      'timestamp-url': z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('A service that says when each new head was there (RFC 3161).'),
      'timestamp-ca': z
        .string()
        .min(1)
        .optional()
        .describe(
          'PEM file with the certificates that vouch for that service; its answers are then held against them.',
        ),
      'rekor-url': z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('A transparency log (Rekor) that each new head is put into.'),
      'rekor-version': z
        .union([z.literal(1), z.literal(2)])
        .default(1)
        .describe('The API of that log: 1 says when it took a head, 2 does not.'),
      'rekor-root': z
        .string()
        .min(1)
        .optional()
        .describe('A trusted_root.json that vouches for that log; its answers are held against it.'),
    })
    .refine((one) => (one['rekor-url'] === undefined) === (one['rekor-root'] === undefined), {
      message: 'rekor-url and rekor-root go together',
      path: ['rekor-root'],
    })
    .prefault({})
    .describe('Who decided what, so that it can be proved.'),
  oidc: oidcSection.optional().describe('The provider that people sign in with on the pages.'),
  ci: z
    .array(ciSection)
    .default([])
    .describe('CIs whose builds exchange their tokens for what one build fetches.'),
  'session-time': durationSetting('15m')
    .refine((time) => time >= 60_000 && time <= 3_600_000, 'expected one minute to one hour')
    .describe('Time that a build has for what it fetches, once it exchanged its token.'),
  signing: signingSection
    .optional()
    .describe('The key by which this server signs what builds of its CIs say.'),
  tls: z
    .strictObject({
      cert: z.string().describe('PEM file with the certificate chain.'),
      key: z.string().describe('PEM file with the private key.'),
    })
    .optional()
    .describe('Serves HTTPS with HTTP/2.'),
  upstream: z
    .array(
      z
        .strictObject({
          name: z
            .string()
            .regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected lower-case letters, digits, "." and "-"')
            .describe('Its path here is /registries/NAME/index/.'),
          index: z
            .string()
            .describe(
              "A registry's name or the URL of its sparse index; that of --upstream says more of that one.",
            ),
          ...tokenConfig,
          downloads: z
            .strictObject({
              host: z
                .string()
                .describe(
                  'The URL of the other host that its downloads are at, as https://files.example.com; a path says nothing.',
                ),
              ...tokenConfig,
            })
            .refine((section) => tokensIn(section) === 1, {
              message: 'say where its token is: token-env, token-file or token-command, one of them',
              path: ['host'],
            })
            .optional()
            .describe(
              'The token of another host, where the downloads are at one that wants one; it is sent only there.',
            ),
        })
        .refine((section) => tokensIn(section) < 2, {
          message: 'token-env, token-file and token-command exclude each other; keep one of them',
          path: ['index'],
        }),
    )
    .default([])
    .describe('Upstreams beside the default one.'),
  events: z
    .strictObject({
      kellnr: eventSources.kellnr.settings.optional(),
      cloudsmith: eventSources.cloudsmith.settings.optional(),
      artifactory: eventSources.artifactory.settings.optional(),
    })
    .prefault({})
    .describe('Registries that may send events.'),
  limits: limitsConfig
    .prefault({})
    .describe('How long things may take before they are given up, or somebody is told.'),
  notify: z
    .array(notifySection)
    .default([])
    .describe('Who is told when a release that had been handed out is not any more.'),
});

export type ServerConfig = z.output<typeof configSchema>;

/** `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`. */
function isNetwork(text: string): boolean {
  const [, address = '', length = ''] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(length) <= (version === 4 ? 32 : 128);
}

/** Reads a `server.toml`. Throws `PolicyError`, pointing at the line to change. */
export function loadConfig(source: TomlSource): ServerConfig {
  return readToml(configSchema, source);
}

/** The token of the default upstream, where no `[[upstream]]` says more of it. */
const defaultToken = 'SAFEGUARD_UPSTREAM_TOKEN';

/**
 * All upstreams, the default one first; a section with its address says more of it. Throws `RegistryError` for an address
 * that is none, a name given twice, or a token that is not there.
 */
export function allUpstreams(
  defaultUpstream: string,
  config: ServerConfig,
  env: Readonly<Record<string, string | undefined>> = process.env,
): readonly UpstreamAddress[] {
  const main = upstreamAddress(defaultUpstream);
  const sections = config.upstream.map((section): UpstreamAddress => {
    const address = upstreamAddress(section.index, section.name);
    const { downloads } = section;
    return {
      ...address,
      credential: credentialOf(section.name, section, env),
      ...(downloads === undefined ? {} : { downloads: downloadsAt(address, downloads, env) }),
    };
  });
  const own = sections.find(({ index }) => index === main.index);
  const token = env[defaultToken] ? { 'token-env': defaultToken } : {};
  const first = own ?? main;
  return [
    { ...first, credential: first.credential ?? credentialOf(first.name, token, env) },
    ...sections.filter((section) => section !== own),
  ];
}
