import { z } from 'zod';
import { configSchema } from '../config.ts';
import { type ServeFlag, serveFlags } from './flags.ts';

/** One setting that there is, wherever it is given. */
export interface DescribedSetting {
  readonly kind: 'flag' | 'environment' | 'file';
  /** `--listen`, a variable, or a path in server.toml, where `[]` is each table of several and `*` any name. */
  readonly name: string;
  /** As its schema describes it. */
  readonly description: string;
  /** As a person writes it; `undefined`: none. */
  readonly default: unknown;
  /** Whether what is given may hold a secret. */
  readonly isSecret: boolean;
}

/** Of programs and libraries that it stands on. */
const others = [
  ['AWS_ACCESS_KEY_ID', 'The key of the bucket, where [blobs] names one.'],
  ['AWS_SECRET_ACCESS_KEY', 'The secret of that key.'],
  ['AWS_SESSION_TOKEN', 'What goes with a key that is good for some time only.'],
  ['PGPASSWORD', 'The password of the database, where --database has none.'],
] as const;

/** Of the exporter; each also with `TRACES_` before its last part, which counts first. */
const exporterVariables = [
  ['ENDPOINT', 'Where a collector of traces is; absent: nothing is traced.'],
  ['PROTOCOL', 'How it is told: http/json.'],
  ['HEADERS', 'What is sent along to it, such as a token.'],
  ['TIMEOUT', 'Milliseconds that it has for an answer.'],
] as const;

/** Variables of OpenTelemetry, as far as they are honoured. */
const traceVariables = [
  ...['', 'TRACES_'].flatMap((of) =>
    exporterVariables.map(([name, description]) => [`EXPORTER_OTLP_${of}${name}`, description] as const),
  ),
  ['SDK_DISABLED', 'true: nothing is traced.'],
  ['TRACES_EXPORTER', 'none: nothing is traced.'],
  ['SERVICE_NAME', 'What this server is called in traces.'],
  ['RESOURCE_ATTRIBUTES', 'What else is said of it there.'],
  ['TRACES_SAMPLER', 'Which requests are traced, of those whose client does not say.'],
  ['TRACES_SAMPLER_ARG', 'The share of them, for traceidratio.'],
] as const;

/** Variables that `safeguard serve` itself goes by; server.toml names those that secrets come from. */
export const serveVariables: readonly DescribedSetting[] = [
  {
    kind: 'environment',
    name: 'SAFEGUARD_ADVISORY_DB',
    description:
      'The advisory database where neither --advisory-db nor `advisory-db` names one: an address, or none.',
    default: undefined,
    isSecret: false,
  },
  {
    kind: 'environment',
    name: 'SAFEGUARD_UPSTREAM_TOKEN',
    description: 'The token of the registry behind it, where no [[upstream]] says more of that one.',
    default: undefined,
    isSecret: true,
  },
  ...others.map(([name, description]) => ({
    kind: 'environment' as const,
    name,
    description,
    default: undefined,
    isSecret: true,
  })),
  ...traceVariables.map(([name, description]) => ({
    kind: 'environment' as const,
    name: `OTEL_${name}`,
    description,
    default: undefined,
    isSecret: name.endsWith('HEADERS'),
  })),
];

/**
 * What may hold a secret itself: whatever is called one (but for the names of variables and files), programs with their
 * arguments, and addresses that open something to whoever knows them.
 */
const secret = /(?:^|[.-])(?:secret|password|token|token-command)$|(?:^|\.)anchor-url$|^notify\[\]\.url$/;

/** Every setting of server.toml, in the order of its schema. */
export function fileSettings(): readonly DescribedSetting[] {
  return settingsIn(z.toJSONSchema(configSchema, { io: 'input' }) as JsonNode, '');
}

/** A flag as a setting. */
export function flagSetting({ form, description, default: usual }: ServeFlag): DescribedSetting {
  return { kind: 'flag', name: form.split(' ')[0] ?? '', description, default: usual, isSecret: false };
}

/** All of them: flags, variables, the file. */
export function allSettings(): readonly DescribedSetting[] {
  return [...serveFlags.map(flagSetting), ...serveVariables, ...fileSettings()];
}

interface JsonNode {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonNode>>;
  readonly additionalProperties?: JsonNode | boolean;
  readonly items?: JsonNode;
  readonly anyOf?: readonly JsonNode[];
  readonly oneOf?: readonly JsonNode[];
}

function settingsIn(node: JsonNode, path: string): readonly DescribedSetting[] {
  const parts = propertiesOf(node);
  if (parts.length > 0)
    return parts.flatMap(([key, part]) => settingsIn(part, path === '' ? key : `${path}.${key}`));
  if (node.items !== undefined && propertiesOf(node.items).length > 0)
    return settingsIn(node.items, `${path}[]`);
  const { additionalProperties: any } = node;
  if (typeof any === 'object' && propertiesOf(any).length > 0) return settingsIn(any, `${path}.*`);
  const { description = '' } = node;
  return [{ kind: 'file', name: path, description, default: node.default, isSecret: secret.test(path) }];
}

/** The keys of a table; of one that has several forms, those of all of them, each once. */
function propertiesOf({ properties, anyOf, oneOf }: JsonNode): readonly (readonly [string, JsonNode])[] {
  if (properties !== undefined) return Object.entries(properties);
  const found = new Map<string, JsonNode>();
  for (const form of [...(anyOf ?? []), ...(oneOf ?? [])])
    for (const [key, part] of propertiesOf(form)) if (!found.has(key)) found.set(key, part);
  return [...found];
}
