import type { SystemPackage } from './package.ts';

/**
 * The installed packages of dpkg's `status` file, or of one in `status.d`, by the names that their lists of files have:
 * `libssl3:amd64` where several architectures can be installed, else `openssl` (dpkg: lib/dpkg/dbdir, `pkg-infodb`).
 */
export function readDpkgStatus(text: string): ReadonlyMap<string, SystemPackage> {
  const packages = new Map<string, SystemPackage>();
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = fieldsOf(stanza);
    const [name, version, architecture] = ['Package', 'Version', 'Architecture'].map((key) =>
      fields.get(key),
    );
    if (name === undefined || version === undefined || architecture === undefined) continue;
    const status = fields.get('Status');
    // What was removed keeps its configuration, and a stanza. Images without dpkg have no such field.
    if (status !== undefined && !/ (?:installed|unpacked|half-configured|triggers-\S+)$/.test(status))
      continue;
    const pkg: SystemPackage = {
      kind: 'deb',
      name,
      version,
      architecture,
      source: sourceOf(fields.get('Source'), name, version),
    };
    packages.set(fields.get('Multi-Arch') === 'same' ? `${name}:${architecture}` : name, pkg);
  }
  return packages;
}

/** `Source: openssl`, or `Source: gcc-12 (12.2.0-14)` where it was built with another version; absent: the package's own name. */
function sourceOf(text: string | undefined, name: string, version: string): SystemPackage['source'] {
  const [, source = name, other = version] = /^(\S+)(?:\s+\(([^)\s]+)\))?$/.exec(text ?? '') ?? [];
  return { name: source, version: other };
}

/** The first line of each field: no field that is wanted goes on. */
function fieldsOf(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of stanza.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !/^\s/.test(line)) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}
