import type { PackageKind } from '../installed.ts';

/** Whose packages an OSV record is about. */
export interface Ecosystem {
  readonly kind: PackageKind;
  /** As `distributionId` has it. */
  readonly id: string;
  /** `12`, `3.20`. Absent: of every release. `unread`: of one, and it is not known which. */
  readonly release:
    | { readonly kind: 'all' }
    | { readonly kind: 'unread' }
    | { readonly kind: 'one'; readonly version: string };
}

/** Reads `affected[].package.ecosystem` (OSV schema 1.7, "Defined ecosystems"); `undefined` where it is none of a distribution. */
export function readEcosystem(text: string): Ecosystem | undefined {
  const colon = text.indexOf(':');
  const name = colon === -1 ? text : text.slice(0, colon);
  const family = families.get(name);
  if (family === undefined) return undefined;
  const [kind, id, shape] = family;
  if (colon === -1 || shape === undefined) return { kind, id, release: { kind: 'all' } };
  const [, version, service] = shape.exec(text.slice(colon + 1)) ?? [];
  if (version === undefined) return { kind, id, release: { kind: 'unread' } };
  return {
    kind,
    id,
    release: { kind: 'one', version: service === undefined ? version : `${version}.${service}` },
  };
}

type Family = readonly [kind: PackageKind, id: string, shape?: RegExp];

const number = /^v?(\d+(?:\.\d+)*)$/;

/** What OSV calls a distribution, and how it writes its releases. Those without a shape have none. */
const families: ReadonlyMap<string, Family> = new Map<string, Family>([
  ['Debian', ['deb', 'debian', number]],
  // `22.04:LTS`, `Pro:18.04:LTS`
  ['Ubuntu', ['deb', 'ubuntu', /^(?:Pro:)?(?:FIPS(?:-updates|-preview)?:)?(\d+\.\d+)(?::LTS)?$/]],
  ['Alpine', ['apk', 'alpine', number]],
  ['Wolfi', ['apk', 'wolfi']],
  ['Chainguard', ['apk', 'chainguard']],
  ['Rocky Linux', ['rpm', 'rocky', number]],
  ['AlmaLinux', ['rpm', 'almalinux', number]],
  // `enterprise_linux:9::baseos`, `rhel_eus:9.2::appstream`: what stands behind `cpe:/o:redhat:`
  ['Red Hat', ['rpm', 'rhel', /^(?:enterprise_linux|rhel_[a-z_]+):(\d+(?:\.\d+)*)(?::|$)/]],
  ['SUSE', ['rpm', 'sles', /^Linux Enterprise [A-Za-z ]*?(\d+(?:\.\d+)?)(?: SP(\d+))?(?:[- ].*)?$/]],
  ['openSUSE', ['rpm', 'opensuse', /^Leap (?:Micro )?(\d+\.\d+)$/]],
  ['openEuler', ['rpm', 'openeuler', /^(\d+\.\d+)(?:-LTS(?:-SP\d+)?)?$/]],
  ['Mageia', ['rpm', 'mageia', number]],
  ['Azure Linux', ['rpm', 'azurelinux', number]],
]);
