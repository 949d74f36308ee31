import { type Bom, bareComponent, byText, type Component, type Property } from '../../bom/document.ts';
import { purlText } from '../../bom/purl.ts';
import {
  type Distribution,
  type SystemPackage,
  softwareVersion,
  systemPurl,
} from '../../distribution/package.ts';
import type { NativeLibrary } from '../native/libraries.ts';
import { projectNames } from '../native/upstream-names.ts';
import { agree, type ToldVersion } from '../native/version.ts';
import type { CompiledPackage } from '../run/messages.ts';

/** What a document says of native libraries is made of. */
export interface NativeInput {
  readonly libraries: readonly NativeLibrary[];
  readonly distribution: Distribution | undefined;
  /** What a package's sources say of the version of a project's code in them, the surest first. */
  readonly told: (by: CompiledPackage, names: readonly string[], only: boolean) => readonly ToldVersion[];
}

/** A component, and the packages that it is there for. */
interface Native {
  readonly component: Component;
  readonly usedBy: readonly CompiledPackage[];
}

/**
 * A document with the native libraries of its artefact: those that build scripts compiled, and those of the system,
 * with their source packages. C code of a crate's own, which no other project's version is in, stays a property of the
 * crate. Differences between what was asked for and what was found are properties, too.
 */
export function withNativeLibraries(bom: Bom, input: NativeInput): Bom {
  const { natives, own } = componentsOf(input);
  const refOf = (pkg: CompiledPackage) =>
    [bom.subject, ...bom.components].find(({ name, version }) => name === pkg.name && version === pkg.version)
      ?.ref ?? bom.subject.ref;
  const edges = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, new Set(dependsOn)]));
  for (const { component, usedBy } of natives) {
    edges.set(component.ref, new Set());
    const users = usedBy.length === 0 ? [bom.subject.ref] : usedBy.map(refOf);
    for (const user of users) edges.get(user)?.add(component.ref);
  }
  const withOwn = (component: Component): Component => {
    const more = own.flatMap(({ by, property }) => (refOf(by) === component.ref ? [property] : []));
    return more.length === 0 ? component : { ...component, properties: [...component.properties, ...more] };
  };
  const unknown = natives.flatMap(({ component: { name, version, properties } }) =>
    version === '' ? [`${name}${placeOf(properties)}: its sources tell no version`] : [],
  );
  return {
    ...bom,
    subject: withOwn(bom.subject),
    components: [...bom.components.map(withOwn), ...natives.map(({ component }) => component)].toSorted(
      (a, b) => byText(a.ref, b.ref),
    ),
    dependencies: [...edges]
      .map(([ref, dependsOn]) => ({ ref, dependsOn: [...dependsOn].toSorted(byText) }))
      .toSorted((a, b) => byText(a.ref, b.ref)),
    leaves: natives.map(({ component: { ref } }) => ref).toSorted(byText),
    unknowns: [...bom.unknowns, ...unknown].toSorted(byText),
    properties: [
      ...bom.properties,
      ...unknown.map((value): Property => ({ name: 'safeguard:unknown', value })),
    ],
  };
}

interface OwnCode {
  readonly by: CompiledPackage;
  readonly property: Property;
}

function componentsOf({ libraries, distribution, told }: NativeInput): {
  readonly natives: readonly Native[];
  readonly own: readonly OwnCode[];
} {
  const natives = new Map<string, Native>();
  const own: OwnCode[] = [];
  const add = ({ component, usedBy }: Native) => {
    const there = natives.get(component.ref);
    natives.set(component.ref, {
      component: there === undefined ? component : merged(there.component, component),
      usedBy: [...(there?.usedBy ?? []), ...usedBy],
    });
  };
  for (const library of libraries) {
    const { name, origin, askedBy } = library;
    if (library.state === 'not-linked') {
      const text = `${name}: ${origin.kind === 'unknown' ? origin.reason : 'not linked'}`;
      for (const by of askedBy)
        own.push({ by, property: { name: 'safeguard:native-not-linked', value: text } });
    } else if (origin.kind === 'compiled') {
      const names = projectNames(name, origin.by.name);
      const [project] = names;
      const versions = told(origin.by, names, isOnly(libraries, origin.by, project));
      if (versions.length === 0 && !origin.by.name.endsWith('-sys'))
        own.push({ by: origin.by, property: { name: 'safeguard:native', value: origin.file } });
      else
        add({ component: compiledComponent(project, origin.by, origin.file, versions), usedBy: [origin.by] });
    } else add({ component: systemComponent(library, distribution), usedBy: askedBy });
  }
  return { natives: [...natives.values()], own };
}

/** Whether all that a package's script compiled is of one project. */
function isOnly(libraries: readonly NativeLibrary[], by: CompiledPackage, project: string): boolean {
  return libraries.every(
    ({ name, origin }) =>
      origin.kind !== 'compiled' || origin.by.id !== by.id || projectNames(name, by.name)[0] === project,
  );
}

function compiledComponent(
  project: string,
  by: CompiledPackage,
  file: string,
  versions: readonly ToldVersion[],
): Component {
  const [best] = versions;
  const version = best?.version ?? '';
  const purl = {
    type: 'generic',
    name: project,
    ...(version === '' ? {} : { version }),
    qualifiers: new Map<string, string>(),
  };
  const others = versions.filter((one) => !agree(one.version, version));
  return {
    ...library(`${purlText(purl)}#${by.name}@${by.version}`, project, version),
    purl,
    evidence: evidenceOf(best, versions),
    properties: [
      { name: 'safeguard:native-linkage', value: 'static' },
      { name: 'safeguard:native-source', value: `compiled by ${by.name} ${by.version}` },
      { name: 'safeguard:native-file', value: file },
      ...others.map(({ version: other, where }) => ({
        name: 'safeguard:version-differs',
        value: `${other} in ${where}`,
      })),
    ],
  };
}

function evidenceOf(best: ToldVersion | undefined, versions: readonly ToldVersion[]): Component['evidence'] {
  if (best === undefined) return undefined;
  const agreeing = versions.filter(({ version }) => agree(version, best.version));
  return {
    field: 'version',
    confidence: agreeing.length > 1 ? Math.min(0.99, best.confidence + 0.09) : best.confidence,
    methods: agreeing.map(({ method, where, confidence }) => ({
      technique: method === 'header' ? 'source-code-analysis' : 'manifest-analysis',
      confidence,
      value: where,
    })),
  };
}

function systemComponent(native: NativeLibrary, distribution: Distribution | undefined): Component {
  const { name, linkage, origin, state } = native;
  const pkg = origin.kind === 'system' || origin.kind === 'platform' ? origin.package : undefined;
  const file = origin.kind === 'unknown' ? name : origin.file;
  const properties = [
    { name: 'safeguard:native-linkage', value: linkage },
    { name: 'safeguard:native-file', value: file },
    ...(origin.kind === 'platform' ? [{ name: 'safeguard:native-source', value: 'the platform' }] : []),
    ...(state === 'unasked'
      ? [{ name: 'safeguard:native-unasked', value: 'no build script asked for it' }]
      : []),
  ];
  if (pkg === undefined || distribution === undefined)
    return { ...library(`native:${file}`, file, ''), properties };
  const purl = systemPurl(pkg, distribution);
  return {
    ...library(purlText(purl), pkg.name, pkg.version),
    purl,
    evidence: {
      field: 'purl',
      confidence: 0.9,
      methods: [{ technique: 'manifest-analysis', confidence: 0.9, value: sourceText(pkg) }],
    },
    properties: [...properties, ...sourceProperties(pkg)],
  };
}

function sourceText({ kind, source }: SystemPackage): string {
  return `${kind === 'deb' ? 'dpkg' : 'apk'}: source ${source.name} ${source.version}`;
}

/** What distributions' advisories are keyed by. */
function sourceProperties({ kind, source }: SystemPackage): readonly Property[] {
  return [
    { name: 'safeguard:source-package', value: `${source.name} ${source.version}` },
    { name: 'safeguard:software-version', value: softwareVersion({ kind, version: source.version }) },
  ];
}

function library(ref: string, name: string, version: string): Component {
  return bareComponent({ ref, kind: 'library', name, version, scope: 'required' });
}

/** One project or package may give several files. */
function merged(a: Component, b: Component): Component {
  const properties = [...a.properties, ...b.properties].filter(
    (one, i, all) => all.findIndex(({ name, value }) => name === one.name && value === one.value) === i,
  );
  return { ...a, properties };
}

function placeOf(properties: readonly Property[]): string {
  const source = properties.find(({ name }) => name === 'safeguard:native-source')?.value;
  return source === undefined ? '' : ` (${source})`;
}
