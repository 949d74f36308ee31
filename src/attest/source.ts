import { buildType } from './provenance.ts';

/** What a build was made from. */
export interface BuiltSource {
  /** Of the repository: `https://host/org/app`; absent where the build knew none. */
  readonly repository: string | undefined;
  readonly commit: string | undefined;
  /** Whether files differed from the commit. */
  readonly dirty: boolean;
}

/** GitHub's own (`actions/attest-build-provenance`; https://actions.github.io/buildtypes/workflow/v1). */
const gitHubType = 'https://actions.github.io/buildtypes/workflow/v1';

/** The source that a provenance predicate names, by its kind of build; `undefined` for a kind that is not known. */
export function sourceIn(predicate: unknown): BuiltSource | undefined {
  const { buildDefinition } = (predicate ?? {}) as { readonly buildDefinition?: Definition };
  const { resolvedDependencies, externalParameters } = buildDefinition ?? {};
  const dependencies: readonly (Dependency | null)[] = Array.isArray(resolvedDependencies)
    ? resolvedDependencies
    : [];
  const named =
    buildDefinition?.buildType === buildType
      ? dependencies.find((one) => one?.name === 'source')
      : buildDefinition?.buildType === gitHubType
        ? dependencies.find((one) =>
            String(one?.uri).startsWith(`git+${externalParameters?.workflow?.repository}@`),
          )
        : undefined;
  if (named === undefined && buildDefinition?.buildType !== buildType) return undefined;
  const { uri, digest, annotations } = named ?? {};
  return {
    repository: typeof uri === 'string' ? repositoryOf(uri) : undefined,
    commit: typeof digest?.gitCommit === 'string' ? digest.gitCommit : undefined,
    dirty: annotations?.dirty === true,
  };
}

/** Without `git+`, branch and `.git`: an address as people write it. */
export function repositoryOf(uri: string): string {
  const [, scheme = '', rest = uri] = /^(?:git\+)?([a-z+]+:\/\/)(.*)$/.exec(uri) ?? [];
  return `${scheme}${rest.replace(/@[^/@]*(?:\/[^@]*)?$/, '')}`.replace(/\/+$/, '').replace(/\.git$/, '');
}

interface Definition {
  readonly buildType?: unknown;
  readonly externalParameters?: { readonly workflow?: { readonly repository?: unknown } };
  readonly resolvedDependencies?: unknown;
}

interface Dependency {
  readonly name?: unknown;
  readonly uri?: unknown;
  readonly digest?: { readonly gitCommit?: unknown } | null;
  readonly annotations?: { readonly dirty?: unknown } | null;
}
