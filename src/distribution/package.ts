import type { Purl } from '../bom/purl.ts';

/** A package of a Linux distribution, as its database says that it is installed. */
export interface SystemPackage {
  readonly kind: 'deb' | 'rpm' | 'apk';
  /** The binary package: `libssl3`. */
  readonly name: string;
  /** As the distribution writes it, with epoch and revision. */
  readonly version: string;
  /** The distribution's name of the architecture: `amd64`, `x86_64`. */
  readonly architecture: string;
  /** What it was built from, which distributions' advisories are keyed by: `openssl`. */
  readonly source: { readonly name: string; readonly version: string };
}

/** Which distribution it is (os-release(5)). */
export interface Distribution {
  /** `ID`: `debian`, `alpine`. */
  readonly id: string;
  /** `VERSION_ID`: `12`; rolling ones have none. */
  readonly version: string | undefined;
}

/**
 * A package's purl (purl-spec, types deb, rpm and apk). The source package, where its name or version is another,
 * stands in `upstream`, as syft writes and grype reads it; the epoch of rpm's stands beside the version.
 */
export function systemPurl(pkg: SystemPackage, { id, version }: Distribution): Purl {
  const cut = pkg.kind === 'rpm' ? pkg.version.indexOf(':') : -1;
  return {
    type: pkg.kind,
    namespace: id,
    name: pkg.name,
    version: pkg.version.slice(cut + 1),
    qualifiers: new Map([
      ['arch', pkg.architecture],
      ['distro', version === undefined ? id : `${id}-${version}`],
      ...(cut === -1 ? [] : [['epoch', pkg.version.slice(0, cut)] as const]),
      ...upstreamOf(pkg),
    ]),
  };
}

function upstreamOf({ kind, name, version, source }: SystemPackage): readonly (readonly [string, string])[] {
  if (kind === 'rpm') return [['upstream', `${source.name}-${source.version.replace(/^\d+:/, '')}.src.rpm`]];
  if (source.version !== version) return [['upstream', `${source.name}@${source.version}`]];
  return source.name === name ? [] : [['upstream', source.name]];
}

/**
 * The version of the software itself: `3.0.19` of `1:3.0.19+dfsg-1~deb12u2` (deb-version(7)), `1:3.0.19-27.el9` (rpm)
 * or `3.0.19-r2` (apk).
 */
export function softwareVersion({
  kind,
  version,
}: {
  readonly kind: 'deb' | 'rpm' | 'apk';
  readonly version: string;
}): string {
  if (kind === 'apk') return version.replace(/-r\d+$/, '');
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/[.+~]?(?:dfsg|ds|repack)[\d.+]*$/, '');
}
