import {
  type Bom,
  bareComponent,
  byText,
  type Component,
  type Dependency,
  type Property,
} from '../../bom/document.ts';
import { serialOf } from '../../bom/serial.ts';
import type { BuiltPackage, Resolution } from '../../cargo/resolve/resolve.ts';
import type { About, OpenProject } from '../../gate/project/resolve.ts';
import { type Crate, componentOf, refOf } from './component.ts';
import { linkedIn, packageAt } from './linked.ts';

/** What a document about crates is made of. */
export interface CratesInput {
  readonly project: OpenProject;
  readonly resolution: Resolution;
  readonly build: { readonly target: string; readonly host: string };
  /** RFC 3339, in UTC, and whether it is the same tomorrow: a commit's, or SOURCE_DATE_EPOCH. */
  readonly created: { readonly at: string; readonly stable: boolean };
  /** An e-mail address or a URL; absent: the first address that the project's manifest has. */
  readonly creator: string | undefined;
  readonly tool: { readonly name: string; readonly version: string };
}

/**
 * The crates of one build for one target, before anything is compiled: what is linked is `required`, what only runs
 * while it builds (build scripts' and macros' crates) is `excluded`. Paths are those below the workspace, so that two
 * checkouts give one document.
 */
export function cratesBom({ project, resolution, build, created, creator, tool }: CratesInput): Bom {
  const crates = cratesOf(resolution, project);
  const refs = new Map(crates.flatMap(({ ref, builds }) => builds.map((built) => [built, ref] as const)));
  const refAt = (index: number) => refs.get(packageAt(resolution, index)) ?? '';
  const roots = [...new Set(resolution.roots.map(refAt))].toSorted(byText);
  const linked = linkedIn(resolution);
  const components = crates.map((crate) =>
    componentOf(
      crate,
      crate.builds.some((built) => linked.has(built)),
    ),
  );
  const edges = crates.map(
    ({ ref, builds }): Dependency => ({
      ref,
      dependsOn: unique(builds.flatMap(({ uses }) => uses.map((use) => refAt(use.package)))).filter(
        (other) => other !== ref,
      ),
    }),
  );
  const only = roots.length === 1 ? components.find(({ ref }) => ref === roots[0]) : undefined;
  const subject = only === undefined ? workspaceSubject(project, roots) : { ...only, scope: undefined };
  const unknowns = resolution.packages.flatMap(({ name, version, opaque, unread }) => {
    const reason = opaque ?? unread;
    return reason === undefined ? [] : [`${name} ${version}: ${reason}`];
  });
  return {
    subject: { ...subject, kind: isProgram(project, only) ? 'application' : 'library' },
    phase: 'pre-build',
    created: created.at,
    reproducible: created.stable,
    creator: creator ?? addressOf(project),
    tools: [tool],
    components: components.filter(({ ref }) => ref !== subject.ref),
    dependencies: [
      ...edges,
      ...(only === undefined ? [{ ref: subject.ref, dependsOn: roots }] : []),
    ].toSorted((a, b) => byText(a.ref, b.ref)),
    completeness: unknowns.length === 0 ? 'complete' : 'unknown',
    unknowns: unique(unknowns),
    properties: [
      { name: 'cdx:rustc:sbom:target:triple', value: build.target },
      { name: 'safeguard:host:triple', value: build.host },
      ...unique(unknowns).map((value): Property => ({ name: 'safeguard:unknown', value })),
    ],
  };
}

/** Packages by their reference; the same package for target and host is one crate. */
function cratesOf(resolution: Resolution, project: OpenProject): readonly Crate[] {
  const byRef = new Map<string, { builds: BuiltPackage[]; about: About | undefined }>();
  for (const built of resolution.packages) {
    const about = project.about(built);
    const ref = refOf(built, about);
    const crate = byRef.get(ref);
    if (crate === undefined) byRef.set(ref, { builds: [built], about });
    else crate.builds.push(built);
  }
  return [...byRef].map(([ref, crate]) => ({ ref, ...crate })).toSorted((a, b) => byText(a.ref, b.ref));
}

/** A build of several packages is about the workspace, which has no name of its own: its packages'. */
function workspaceSubject({ workspace }: OpenProject, roots: readonly string[]): Component {
  const own = workspace.root.manifest.package?.name;
  const name = own ?? workspace.members[0]?.package.name ?? 'workspace';
  const version = workspace.members.find(({ package: pkg }) => pkg.name === name)?.package.version ?? '0.0.0';
  return bareComponent({
    ref: `workspace:${serialOf(roots.join('\n')).slice('urn:uuid:'.length)}`,
    kind: 'application',
    name,
    version,
    properties: [{ name: 'safeguard:packages', value: String(roots.length) }],
  });
}

function isProgram({ workspace }: OpenProject, subject: Component | undefined): boolean {
  const pkg = workspace.members.find(
    ({ package: { name, version } }) => name === subject?.name && version === subject.version,
  );
  return pkg === undefined || pkg.package.targets.bins.length > 0;
}

/** The first address that the manifests have: an author's, else the project's page. */
function addressOf(project: OpenProject): string | undefined {
  const abouts = project.workspace.members.flatMap(
    ({ package: { name, version } }) =>
      project.about({ name, version, source: undefined, checksum: undefined }) ?? [],
  );
  const addresses = abouts.flatMap(({ authors }) =>
    authors.flatMap((author) => /<([^<>\s]+@[^<>\s]+)>/.exec(author)?.[1] ?? []),
  );
  return addresses[0] ?? abouts.flatMap(({ homepage, repository }) => homepage ?? repository ?? [])[0];
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted(byText);
}
