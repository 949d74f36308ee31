import { isThisMachine } from '../../facts/outgoing/address.ts';
import type { Stopwatch } from '../../facts/stopwatch.ts';
import { RegistryError } from '../../registry/error.ts';
import type { ServerConfig } from '../config.ts';
import type { Ci } from './ci-identity.ts';
import { CiKeysError, keysAt, pinnedKeys } from './ci-keys.ts';

/** The CIs of a configuration. Throws `RegistryError` `registry/bad-config` for one that could take a token for another one's. */
export function openCis(config: ServerConfig, { now }: Stopwatch): readonly Ci[] {
  const twice = config.ci.find(({ issuer }, i) => config.ci.findIndex((one) => one.issuer === issuer) !== i);
  if (twice !== undefined)
    throw bad(`two [[ci]] have the issuer ${twice.issuer}: put what each allows into one of them`);
  return config.ci.map(({ name, kind, issuer, audience, jwks, 'jwks-file': file, allow, sign }) => {
    const own = audience ?? config['public-url'];
    if (own === undefined)
      throw bad(
        `the [[ci]] "${name}" has no audience, and there is no public-url: a token must say whom it is for`,
      );
    if (jwks !== undefined && !isSafe(jwks))
      throw bad(
        `the [[ci]] "${name}" has its keys at ${jwks}: whoever is between could put others there; name it by https`,
      );
    try {
      return {
        name,
        kind,
        issuer,
        audience: own,
        keys: jwks === undefined ? pinnedKeys(file ?? '') : keysAt(jwks, now),
        allow,
        sign,
      };
    } catch (error) {
      if (error instanceof CiKeysError) throw bad(`the [[ci]] "${name}": ${error.message}`, error);
      throw error;
    }
  });
}

/** Nobody is between this machine and itself. */
function isSafe(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isThisMachine(url.hostname));
}

function bad(message: string, cause?: unknown): RegistryError {
  return new RegistryError('registry/bad-config', message, { cause });
}
