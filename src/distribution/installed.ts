import type { Purl } from '../bom/purl.ts';
import type { Distribution } from './package.ts';

/** A package of a distribution, as a document says that an artefact uses it. */
export interface InstalledPackage {
  readonly kind: PackageKind;
  /** The binary package: `libssl3`. */
  readonly name: string;
  /** Whole: with epoch and revision. Absent where it is not known. */
  readonly version: string | undefined;
  /** What it was built from, which most advisories are keyed by. */
  readonly source: { readonly name: string; readonly version: string | undefined };
  readonly distribution: Distribution;
}

/** Whose packages: dpkg's, rpm's or apk's. */
export type PackageKind = 'deb' | 'rpm' | 'apk';

/** The package that a purl names (purl-spec, types deb, rpm and apk); `undefined` for others. */
export function installedOf({
  type,
  namespace = '',
  name,
  version,
  qualifiers,
}: Purl): InstalledPackage | undefined {
  if (type !== 'deb' && type !== 'rpm' && type !== 'apk') return undefined;
  // Where rpm's purls have the epoch; trivy writes Debian's there, too.
  const epoch = qualifiers.get('epoch');
  const whole = (text: string) => (epoch === undefined || text.includes(':') ? text : `${epoch}:${text}`);
  const own = version === undefined ? undefined : whole(version);
  const [source = name, other] = upstreamOf(qualifiers.get('upstream') ?? '');
  return {
    kind: type,
    name,
    version: own,
    source: { name: source, version: other === undefined ? own : whole(other) },
    distribution: distributionOf(namespace, qualifiers.get('distro')),
  };
}

/** The distribution that has an id, however it is spelled: `redhat`, as purls have it, is os-release's `rhel`. */
export function distributionId(id: string): string {
  const lower = id.toLowerCase();
  return sameAs.get(lower) ?? lower;
}

/** `openssl`, `gcc-12@12.2.0-14`, or the file of a source package: `openssl-3.0.7-27.el9.src.rpm`. */
function upstreamOf(text: string): readonly [name?: string, version?: string] {
  if (text === '') return [];
  const rpm = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(text);
  if (rpm?.[1] !== undefined && rpm[2] !== undefined) return [rpm[1], rpm[2]];
  const at = text.lastIndexOf('@');
  return at <= 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** `debian-12`, `opensuse-leap-15.5`, `bookworm`; without one, the purl's namespace is all there is. */
function distributionOf(namespace: string, distro = ''): Distribution {
  const named = codenames.get(distro.toLowerCase());
  if (named !== undefined) return { id: named[0], version: named[1] };
  // trivy writes Alpine's as a number alone.
  if (/^\d/.test(distro)) return { id: distributionId(namespace), version: distro };
  const [, id, version] = /^(.*?)-(\d[^-]*)$/.exec(distro) ?? [];
  if (id !== undefined) return { id: distributionId(id), version };
  const dash = distro.lastIndexOf('-');
  const behind = codenames.get(distro.slice(dash + 1).toLowerCase());
  if (dash > 0 && behind !== undefined) return { id: behind[0], version: behind[1] };
  return {
    id: distributionId(distro === '' || !distro.startsWith(namespace) ? namespace : distro),
    version: undefined,
  };
}

const sameAs = new Map([
  ['redhat', 'rhel'],
  ['rocky-linux', 'rocky'],
  ['alma', 'almalinux'],
  ['suse', 'sles'],
  ['sled', 'sles'],
  ['sle-micro', 'sles'],
  ['sl-micro', 'sles'],
  ['opensuse-leap', 'opensuse'],
  ['opensuse-tumbleweed', 'opensuse'],
  ['mariner', 'azurelinux'],
]);

/** Releases that purls call by their names (purl-spec, type deb). */
const codenames: ReadonlyMap<string, readonly [id: string, version: string]> = new Map([
  ['jessie', ['debian', '8']],
  ['stretch', ['debian', '9']],
  ['buster', ['debian', '10']],
  ['bullseye', ['debian', '11']],
  ['bookworm', ['debian', '12']],
  ['trixie', ['debian', '13']],
  ['forky', ['debian', '14']],
  ['trusty', ['ubuntu', '14.04']],
  ['xenial', ['ubuntu', '16.04']],
  ['bionic', ['ubuntu', '18.04']],
  ['focal', ['ubuntu', '20.04']],
  ['jammy', ['ubuntu', '22.04']],
  ['noble', ['ubuntu', '24.04']],
]);
