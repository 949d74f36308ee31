import type { Approval } from '../../facts/approval.ts';
import type { CodeFact, ReviewedCode } from '../../facts/code.ts';
import { helperIn } from '../../policy/build-code-standing.ts';

/** A person's yes, before it is about anything. */
export interface Yes {
  readonly by: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** A date, UTC. */
  readonly expires?: string | undefined;
  /** Whether nobody read it: it was there when the list was begun. */
  readonly grandfathered?: true;
  /** Whether it is answered together with others. */
  readonly together?: true;
}

/**
 * The entries that approve of everything that a release runs at build time; none where nothing does, or was not read. Its
 * library is among it where it is a part of others' macros or build scripts.
 */
export function approvalsOf(
  crate: string,
  version: string,
  code: CodeFact,
  yes: Yes,
  partOf: readonly string[] = [],
): readonly Approval[] {
  const { by, reason, at, expires, grandfathered, together } = yes;
  const common = {
    crate,
    version,
    by,
    at: new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    reason,
    ...(expires === undefined ? {} : { expires }),
    ...(grandfathered === undefined ? {} : { grandfathered }),
    ...(together === undefined ? {} : { together }),
  };
  const { buildScript, macros } = code;
  const helper = helperIn(code, partOf);
  return [
    ...(buildScript === undefined
      ? []
      : [
          {
            ...common,
            kind: 'build-script' as const,
            tokens: buildScript.tokens,
            ...filesOf(buildScript),
            capabilities: buildScript.shapes,
          },
        ]),
    ...(macros === undefined
      ? []
      : [
          {
            ...common,
            kind: 'proc-macro' as const,
            tokens: macros.tokens,
            ...filesOf(macros),
            surface: macros.surface,
            capabilities: macros.shapes,
          },
        ]),
    ...(helper === undefined
      ? []
      : [
          {
            ...common,
            kind: 'helper' as const,
            ...(helper.tokens === undefined ? {} : { tokens: helper.tokens }),
            ...filesOf(helper),
            capabilities: helper.shapes,
          },
        ]),
  ];
}

function filesOf({ files }: Pick<ReviewedCode, 'files'>): Pick<Approval, 'files'> {
  return files === undefined ? {} : { files };
}
