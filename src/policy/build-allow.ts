import { z } from 'zod';

/** A host that code may reach by the proxy: by its name, since names are looked up outside. */
const egressSetting = z.strictObject({
  host: z
    .string()
    .regex(
      /^(?=.{1,253}$)(?!.*[.\d]$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z][a-z0-9-]{0,61}[a-z0-9]$/,
      'expected the whole name of a host in small letters; addresses and wildcards are none',
    )
    .describe('The whole name of the host.'),
  port: z.int().min(1).max(65_535).default(443).describe('Its port.'),
  methods: z
    .array(z.string().regex(/^[A-Z]+$/))
    .min(1)
    .default(['GET', 'HEAD'])
    .describe('For plain HTTP: the methods. Inside of TLS nobody sees them.'),
  path: z
    .string()
    .regex(/^\/(?!.*(?:\/\.\.?(?:\/|$)|[?#%\s\\]))/, 'expected a path from the root, as it is asked for')
    .default('/')
    .describe('For plain HTTP: what the path begins with, part by part.'),
});

/** One destination that a policy names. */
export type AllowedEgress = z.output<typeof egressSetting>;

const place = z
  .string()
  .regex(/^\/(?!.*(?:\/\/|\/\.\.?(?:\/|$))).*[^/]$/, 'expected a whole path without `..`, and not the root');

/** `[build.allow."CRATE"]`: what the build script or the macros of a crate may do in a sealed build. */
export const buildAllowEntry = z.strictObject({
  code: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .min(1)
    .describe('The digest of the code that this is for, as a refusal prints it; other code asks again.'),
  reason: z.string().trim().min(1).describe('Why that is needed.'),
  egress: z.array(egressSetting).default([]).describe('What it may reach.'),
  read: z.array(place).default([]).describe('Files and folders outside of the build that it may read.'),
  write: z.array(place).default([]).describe('Folders outside of the build that it may write to.'),
  load: z
    .array(z.string().regex(/^[A-Z_]+$/))
    .default([])
    .describe(
      'Variables of the compiler that it may set, though they have something loaded or run: LD_PRELOAD and its like.',
    ),
});

export type BuildAllowEntry = z.output<typeof buildAllowEntry>;

/** `[build]`: what a sealed build is let do. */
export const buildSettings = z.strictObject({
  allow: z
    .record(z.string().regex(/^[A-Za-z_][\w-]*$/), buildAllowEntry)
    .default({})
    .describe('By crate: what its build script or macros may do beside writing to OUT_DIR.')
    .meta({ stricter: 'outer' }),
  'egress-bytes': z
    .int()
    .min(0)
    .default(1_048_576)
    .describe('Bytes that one build may send out in all.')
    .meta({ stricter: 'smaller' }),
  'private-egress': z
    .boolean()
    .default(false)
    .describe('Whether a host that is allowed may be at an address of this machine or of a private network.')
    .meta({ stricter: 'false' }),
});

export type BuildSettings = z.output<typeof buildSettings>;

/** The TOML that allows it, as a policy has it; without what is empty. */
export function allowText(crate: string, entry: BuildAllowEntry): string {
  const text = (value: string) => JSON.stringify(value);
  const list = (values: readonly string[]) => `[${values.map(text).join(', ')}]`;
  const egress = entry.egress.map(
    ({ host, port, methods, path }) =>
      `{ host = ${text(host)}, port = ${port}${port === 443 ? '' : `, methods = ${list(methods)}, path = ${text(path)}`} }`,
  );
  return [
    `[build.allow.${text(crate)}]`,
    `code = ${list(entry.code)}`,
    `reason = ${text(entry.reason)}`,
    ...(egress.length === 0 ? [] : [`egress = [${egress.join(', ')}]`]),
    ...(['read', 'write', 'load'] as const).flatMap((key) =>
      entry[key].length === 0 ? [] : [`${key} = ${list(entry[key])}`],
    ),
  ].join('\n');
}
