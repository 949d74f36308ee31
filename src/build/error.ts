/** Why a build could not be sealed, or did not come to an end. Stable: callers and documents rely on these codes. */
export type BuildErrorCode =
  /** The command line names what a sealed build cannot do. */
  | 'build/command'
  /** The machine has not what it needs. */
  | 'build/no-bubblewrap'
  | 'build/no-sandbox'
  | 'build/no-toolchain'
  /** There is nothing to exchange for a session. */
  | 'build/no-identity'
  /** The project decides its build by what lies outside of it. */
  | 'build/outside'
  /** Cargo's configuration, or the target that it is told, is none. */
  | 'build/config'
  | 'build/fetch'
  /** An archive on this machine is not what the lockfile names. */
  | 'build/altered'
  | 'build/failed'
  | 'build/limit'
  /** Code did what no policy allows, and the results are not to be trusted. */
  | 'build/not-allowed'
  /** Something else was compiled than the documents would say. */
  | 'build/not-as-resolved'
  /** Cargo says what it builds in a form that is not known. */
  | 'build/unread'
  | 'build/no-artefact';

/** The one error of this room. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
  readonly code: BuildErrorCode;
  /** One sentence. */
  readonly next: string;

  constructor(
    code: BuildErrorCode,
    message: string,
    more: { readonly next: string; readonly cause?: unknown },
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.next = more.next;
  }
}
