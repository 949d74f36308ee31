import { parseIndexLine } from '../cargo/index-entry.ts';
import { cratesIo } from '../cargo/source-id.ts';
import type { FactsPort } from '../gate/facts-port.ts';
import type { TomlSource } from '../policy/toml.ts';
import type { AllowFile } from './allow-file.ts';
import { CliError } from './error.ts';

/** What a release's archive must be, and the policy of whoever said so. */
export interface KnownChecksum {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly organisation: TomlSource | undefined;
}

/** The checksum of a release: the lockfile's where it is there, else the index's. Throws `CliError` where there is none. */
export async function checksumOf(
  port: FactsPort,
  { packages }: AllowFile,
  crate: string,
  version: string,
): Promise<KnownChecksum> {
  const locked = packages.find((pkg) => pkg.name === crate && pkg.version === version);
  const source = locked?.source?.text ?? cratesIo.text;
  const { organisation, answers } = await port.facts([{ crate, version, source, bytes: false }]);
  if (locked?.checksum !== undefined) return { sha256: locked.checksum, organisation };
  const line = answers[0]?.line;
  if (line !== undefined) return { sha256: parseIndexLine(line).cksum, organisation };
  throw new CliError('cli/usage', `the registry has no ${crate} ${version}, as far as is known here`, {
    next: 'See the spelling and the version; for a folder there is --path.',
  });
}
