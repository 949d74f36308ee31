import { RegistryError } from '../../registry/error.ts';

/** Where spans are sent, by the variables that OpenTelemetry gives names to. */
export interface TraceSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout: number;
  /** What the server is called, and what else is said of it. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampling: Sampling;
}

/** Which requests are traced. */
export interface Sampling {
  /** From 0 to 1. */
  readonly ratio: number;
  /** Whether a client that sends a `traceparent` says it of its own requests. */
  readonly byClient: boolean;
}

/**
 * `undefined`: nothing is traced, as where no endpoint is named. The variables are those of the OpenTelemetry specification (OTLP
 * Exporter; General SDK). Throws `RegistryError` `registry/bad-config` for a value that is none.
 */
export function traceSettings(
  env: Readonly<Record<string, string | undefined>>,
  version: string,
): TraceSettings | undefined {
  const of = (name: string) => env[`OTEL_${name}`]?.trim() || undefined;
  const exporter = (name: string) => of(`EXPORTER_OTLP_TRACES_${name}`) ?? of(`EXPORTER_OTLP_${name}`);
  const endpoint = exporter('ENDPOINT');
  if (
    endpoint === undefined ||
    of('SDK_DISABLED')?.toLowerCase() === 'true' ||
    of('TRACES_EXPORTER') === 'none'
  )
    return undefined;
  const protocol = exporter('PROTOCOL') ?? 'http/json';
  if (protocol !== 'http/json')
    throw bad(
      `OTEL_EXPORTER_OTLP_PROTOCOL is "${protocol}": spans are sent as http/json; leave it out, or say that`,
    );
  const own = of('EXPORTER_OTLP_TRACES_ENDPOINT');
  const url = own ?? `${endpoint.replace(/\/$/, '')}/v1/traces`;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw bad(`OTEL_EXPORTER_OTLP_ENDPOINT is no http address: ${endpoint}`);
  return {
    url,
    headers: pairs(exporter('HEADERS')),
    timeout: numberIn(exporter('TIMEOUT') ?? '10000', 'OTEL_EXPORTER_OTLP_TIMEOUT'),
    resource: {
      'service.version': version,
      ...pairs(of('RESOURCE_ATTRIBUTES')),
      'service.name': of('SERVICE_NAME') ?? pairs(of('RESOURCE_ATTRIBUTES'))['service.name'] ?? 'safeguard',
    },
    sampling: samplingOf(of('TRACES_SAMPLER') ?? 'parentbased_always_on', of('TRACES_SAMPLER_ARG')),
  };
}

function samplingOf(sampler: string, argument: string | undefined): Sampling {
  const kind = sampler.replace(/^parentbased_/, '');
  return { ratio: ratioOf(sampler, kind, argument), byClient: kind !== sampler };
}

function ratioOf(sampler: string, kind: string, argument: string | undefined): number {
  if (kind === 'always_on') return 1;
  if (kind === 'always_off') return 0;
  if (kind !== 'traceidratio') throw bad(`OTEL_TRACES_SAMPLER is "${sampler}", which is none`);
  const ratio = numberIn(argument ?? '1', 'OTEL_TRACES_SAMPLER_ARG');
  if (ratio > 1) throw bad('OTEL_TRACES_SAMPLER_ARG is more than 1');
  return ratio;
}

/** `a=b,c=d`, values percent-encoded (W3C Baggage). */
function pairs(text = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text.split(',').flatMap((pair) => {
      const [, name, value = ''] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
      return name === undefined ? [] : [[name, decoded(value)]];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function numberIn(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number < 0) throw bad(`${name} is no number: ${text}`);
  return number;
}

function bad(message: string): RegistryError {
  return new RegistryError('registry/bad-config', message);
}
