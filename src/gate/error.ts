import { CargoError } from '../cargo/error.ts';

/** What of a project could not be read. Stable: callers and documents rely on these codes. */
export type GateErrorCode =
  | 'gate/manifest'
  | 'gate/workspace'
  | 'gate/lockfile'
  | 'gate/resolve'
  | 'gate/config'
  | 'gate/file'
  | 'gate/facts'
  | 'gate/base'
  | 'gate/git';

/** A place in a file of the project. */
export interface FilePlace {
  readonly file: string;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
}

/** The one error of this folder: a project that cannot be judged, where, and what to do about it. */
export class GateError extends Error {
  override readonly name = 'GateError';
  readonly code: GateErrorCode;
  readonly at: FilePlace | undefined;
  /** The message without the place. */
  readonly detail: string;
  /** One sentence. */
  readonly next: string | undefined;

  constructor(
    code: GateErrorCode,
    message: string,
    more: { readonly at?: FilePlace; readonly next?: string; readonly cause?: unknown } = {},
  ) {
    super(`${more.at === undefined ? '' : `${placeText(more.at)}: `}${message}`, { cause: more.cause });
    this.code = code;
    this.detail = message;
    this.at = more.at;
    this.next = more.next;
  }
}

/** Runs a reader of Cargo's formats; what it refuses is told with the file's name. */
export function withFile<T>(
  code: GateErrorCode,
  file: string,
  next: string | ((error: CargoError) => string),
  read: () => T,
): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof CargoError)) throw cause;
    throw new GateError(code, `${cause.message}.`, {
      at: { file, line: cause.line, column: cause.column },
      next: typeof next === 'string' ? next : next(cause),
      cause,
    });
  }
}

function placeText({ file, line, column }: FilePlace): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
