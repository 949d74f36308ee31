import { purlFrom } from '../../bom/cargo-purl.ts';
import type { Component, DeliveredFile, Hash, License, Link, Property } from '../../bom/document.ts';
import { type Purl, purlText } from '../../bom/purl.ts';
import { addressOf } from '../../bom/url.ts';
import type { BuiltPackage } from '../../cargo/resolve/resolve.ts';
import { cratesIo, parseSourceId } from '../../cargo/source-id.ts';
import { expressionText, readExpression } from '../../facts/license/expression.ts';
import type { About } from '../../gate/project/resolve.ts';

/** A package, as often as it is built: for the target, for the machine that builds, or both. */
export interface Crate {
  readonly ref: string;
  readonly builds: readonly BuiltPackage[];
  readonly about: About | undefined;
}

/**
 * What a crate is called by in a document: its purl, and for a package of the project its folder below the workspace's.
 * Two crates of one name and version from two registries differ in it.
 */
export function refOf(built: BuiltPackage, about: About | undefined): string {
  const purl = purlOf(built);
  return purl === undefined ? `path:${about?.folder ?? ''}#${built.name}@${built.version}` : purlText(purl);
}

/** A crate as a component. `linked`: it is in the artefact. */
export function componentOf({ ref, builds, about }: Crate, linked: boolean): Component {
  const [built] = builds;
  if (built === undefined) throw new Error('a crate is built at least once');
  const hashes = hashesOf(built, about);
  return {
    ref,
    kind: 'library',
    name: built.name,
    version: built.version,
    purl: purlOf(built),
    description: about?.description,
    authors: about?.authors ?? [],
    license: licenseOf(about?.license),
    hashes,
    links: linksOf(built, about, hashes),
    scope: linked ? 'required' : 'excluded',
    file: fileOf(built),
    properties: [...rolesOf(builds, linked), ...featuresOf(builds), ...sourceOf(built, about)],
  };
}

/** A package of the project has none: the name alone would be somebody else's crate. */
export function purlOf({ name, version, source }: BuiltPackage): Purl | undefined {
  return source === undefined ? undefined : purlFrom(name, version, parseSourceId(source));
}

function hashesOf({ checksum }: BuiltPackage, about: About | undefined): readonly Hash[] {
  return [
    ...(checksum === undefined ? [] : [{ algorithm: 'SHA-256', value: checksum } as const]),
    ...(about?.sha512 === undefined ? [] : [{ algorithm: 'SHA-512', value: about.sha512 } as const]),
  ];
}

/** `license` as an SPDX expression: crates.io has taken `MIT/Apache-2.0` and names that are no ids for long. */
function licenseOf(text: string | undefined): License | undefined {
  if (text === undefined) return undefined;
  const parsed = readExpression(text);
  return parsed.kind === 'parsed'
    ? { kind: 'expression', text: expressionText(parsed.expression) }
    : { kind: 'named', text };
}

function linksOf(built: BuiltPackage, about: About | undefined, hashes: readonly Hash[]): readonly Link[] {
  const link = (kind: Link['kind'], url: string | undefined): readonly Link[] =>
    url === undefined ? [] : [{ kind, url, hashes: [] }];
  const archive = downloadOf(built);
  return [
    ...link('website', addressOf(about?.homepage ?? '')),
    ...link('vcs', addressOf(about?.repository ?? '')),
    ...link('documentation', addressOf(about?.documentation ?? '')),
    // A crate is delivered as its sources.
    ...(archive === undefined
      ? []
      : (['distribution', 'source-distribution'] as const).map((kind) => ({ kind, url: archive, hashes }))),
  ];
}

/** Where crates.io gives a release's archive; other registries say it in a file that needs asking. */
function downloadOf({ name, version, source }: BuiltPackage): string | undefined {
  if (source !== cratesIo.text) return undefined;
  return `https://crates.io/api/v1/crates/${name}/${encodeURIComponent(version)}/download`;
}

function fileOf({ name, version, checksum }: BuiltPackage): DeliveredFile | undefined {
  if (checksum === undefined) return undefined;
  return { name: `${name}-${version}.crate`, executable: false, archive: true, structured: true };
}

/** `linked`, and what of it runs while it builds: `build-script`, `macro`, or `helper` for those that such code calls. */
function rolesOf(builds: readonly BuiltPackage[], linked: boolean): readonly Property[] {
  const host = builds.some(({ builtFor }) => builtFor === 'host');
  const roles = [
    ...(linked ? ['linked'] : []),
    ...(builds.some(({ buildScript }) => buildScript) ? ['build-script'] : []),
    ...(builds.some(({ procMacro }) => procMacro) ? ['macro'] : host ? ['helper'] : []),
  ];
  return roles.map((value) => ({ name: 'safeguard:role', value }));
}

/** Features for the target, and for the machine that builds where it is built there. */
function featuresOf(builds: readonly BuiltPackage[]): readonly Property[] {
  return builds.flatMap(({ builtFor, features }) =>
    features.map((value) => ({
      name: builtFor === 'host' ? 'safeguard:host-feature' : 'safeguard:feature',
      value,
    })),
  );
}

function sourceOf({ source }: BuiltPackage, about: About | undefined): readonly Property[] {
  if (source !== undefined) return [{ name: 'safeguard:source', value: source }];
  return about?.folder === undefined ? [] : [{ name: 'safeguard:folder', value: about.folder || '.' }];
}
