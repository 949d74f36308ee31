import { ServiceSelector, SigningConfig } from '@sigstore/protobuf-specs';
import { AttestError } from '../error.ts';

/** A log that entries are put into, by the version of its API: 1 has a time and a promise of its own, 2 has neither. */
export interface LogService {
  readonly url: URL;
  readonly version: 1 | 2;
}

/** Who is asked for what a signature without a key of one's own needs. Nobody else is. */
export interface SigningServices {
  readonly authority: URL;
  readonly logs: readonly LogService[];
  readonly timestamps: readonly URL[];
}

type Service = SigningConfig['caUrls'][number];

/**
 * The services of a signing config of Sigstore (`signing_config.json`, SigningConfig 0.2 of sigstore/protobuf-specs)
 * that are to be used at a time, in epoch milliseconds: of each operator the one of the newest API that is known here,
 * and of as many operators as it says. Throws `AttestError('attest/key')`.
 */
export function readSigningConfig(text: string, now: number): SigningServices {
  let config: SigningConfig;
  try {
    config = SigningConfig.fromJSON(JSON.parse(text));
  } catch (cause) {
    throw wrong('this is no signing config of sigstore', cause);
  }
  if (!/signingconfig\.v0\.2\+json$/.test(config.mediaType))
    throw wrong('this is no signing config of sigstore, version 0.2');
  const [authority] = chosen(config.caUrls, [1], now);
  if (authority === undefined)
    throw wrong('the signing config names no certificate authority for now whose API is known (1)');
  const logs = pick('transparency log', chosen(config.rekorTlogUrls, [1, 2], now), config.rekorTlogConfig);
  const timestamps = pick('timestamp service', chosen(config.tsaUrls, [1], now), config.tsaConfig);
  if (timestamps.length === 0 && !logs.some(({ majorApiVersion }) => majorApiVersion === 1))
    throw wrong(
      'the signing config names nobody who says when it was signed: a log of API 1, or a timestamp service',
    );
  return {
    authority: urlOf(authority),
    logs: logs.map((one) => ({ url: urlOf(one), version: one.majorApiVersion === 1 ? 1 : 2 })),
    timestamps: timestamps.map(urlOf),
  };
}

/** Those that are valid now and known here, one of each operator: the newest API, then the one that began last. */
function chosen(services: readonly Service[], versions: readonly number[], now: number): readonly Service[] {
  const usable = services
    .filter(({ majorApiVersion }) => versions.includes(majorApiVersion))
    .filter(
      ({ validFor }) =>
        startOf(validFor) <= now && now <= (validFor?.end?.getTime() ?? Number.POSITIVE_INFINITY),
    )
    .sort((a, b) => b.majorApiVersion - a.majorApiVersion || startOf(b.validFor) - startOf(a.validFor));
  return usable.filter((one, i) => usable.findIndex(({ operator }) => operator === one.operator) === i);
}

function pick(
  what: string,
  services: readonly Service[],
  how: SigningConfig['rekorTlogConfig'],
): readonly Service[] {
  switch (how?.selector ?? ServiceSelector.ANY) {
    case ServiceSelector.ALL:
      return services;
    case ServiceSelector.EXACT:
      if (services.length < (how?.count ?? 1))
        throw wrong(`the signing config wants ${how?.count} of its kind, and names fewer for now: ${what}`);
      return services.slice(0, how?.count ?? 1);
    default:
      return services.slice(0, 1);
  }
}

function startOf(range: Service['validFor']): number {
  return range?.start?.getTime() ?? Number.NEGATIVE_INFINITY;
}

function urlOf({ url }: Service): URL {
  const read = URL.canParse(url) ? new URL(url) : undefined;
  if (read === undefined || !/^https?:$/.test(read.protocol))
    throw wrong(`the signing config names ${url}, which is no web address`);
  return read;
}

function wrong(message: string, cause?: unknown): AttestError {
  return new AttestError('attest/key', message, cause);
}
