import { isCrateName } from '../../cargo/index-path.ts';
import { tryParseVersion } from '../../cargo/version.ts';
import { CliError } from './error.ts';

/** A crate, or one of its releases, as the command line names it. */
export interface NamedRelease {
  readonly crate: string;
  readonly version?: string;
}

/** Reads `CRATE@VERSION`. Throws a usage error that shows the form. */
export function parseRelease(text: string): Required<NamedRelease> {
  const { crate, version } = parseCrateOrRelease(text);
  if (version === undefined) {
    throw new CliError('cli/usage', `\`${text}\` names no version`, {
      next: `Say which one, for example ${crate}@1.2.3.`,
    });
  }
  return { crate, version };
}

/** Reads `CRATE` or `CRATE@VERSION`. */
export function parseCrateOrRelease(text: string): NamedRelease {
  const at = text.indexOf('@');
  const crate = at === -1 ? text : text.slice(0, at);
  if (!isCrateName(crate))
    throw new CliError('cli/usage', `\`${crate}\` is not a crate name`, { next: form });
  if (at === -1) return { crate };
  const version = text.slice(at + 1);
  if (tryParseVersion(version) === undefined)
    throw new CliError('cli/usage', `\`${version}\` is not a full version`, { next: form });
  return { crate, version };
}

const form = 'The form is CRATE@VERSION with all three numbers, for example serde@1.0.219.';
