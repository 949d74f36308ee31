import type { LockedPackage } from '../lockfile.ts';

/**
 * Whether a package is the one that a specification names, as cargo's `-p` takes it (cargo-util-schemas:
 * src/core/package_id_spec.rs): `name`, `name@1.2`, `name:1.2`, a URL with `#name@version`, or a pattern.
 */
export function matchesSpec(
  spec: string,
  locked: Pick<LockedPackage, 'name' | 'version' | 'source'>,
): boolean {
  const url = /^(?:[a-z+]+):\/\//.test(spec) ? spec : undefined;
  if (url !== undefined) return matchesUrl(url, locked);
  const [name = '', version] = spec.split(/[@:]/, 2);
  if (/[*?[\]]/.test(name)) return pattern(name).test(locked.name);
  return name === locked.name && versionFits(version, locked.version);
}

function matchesUrl(
  spec: string,
  { name, version, source }: Pick<LockedPackage, 'name' | 'version' | 'source'>,
): boolean {
  const [address = '', fragment = ''] = spec.split('#', 2);
  const url = source?.text.replace(/#.*/, '');
  if (url !== undefined && url !== address && url.replace(/^[a-z]+\+/, '') !== address) return false;
  const path = address.replace(/\/$/, '').split('/').at(-1);
  const [wantedName, wantedVersion] = /^\d/.test(fragment) ? [path, fragment] : fragment.split('@', 2);
  return (wantedName === '' ? path : wantedName) === name && versionFits(wantedVersion, version);
}

/** `1` and `1.2` mean any version that starts so. */
function versionFits(wanted: string | undefined, version: string): boolean {
  if (wanted === undefined) return true;
  if (wanted === version || wanted === version.replace(/\+.*/, '')) return true;
  return /^\d+(\.\d+)?$/.test(wanted) && version.startsWith(`${wanted}.`) && !version.includes('-');
}

/** A glob: `*`, `?`, `[ab]`. */
function pattern(glob: string): RegExp {
  const source = glob
    .replace(/[\\^$+.()|{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('[!', '[^');
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return /(?!)/;
  }
}
