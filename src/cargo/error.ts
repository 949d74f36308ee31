/** What of Cargo's was not readable. Stable: callers and documents rely on these codes. */
export type CargoErrorCode =
  | 'cargo/archive'
  | 'cargo/bindeps'
  | 'cargo/cfg'
  | 'cargo/crate-name'
  | 'cargo/download-url'
  | 'cargo/index-line'
  | 'cargo/lockfile'
  | 'cargo/manifest'
  | 'cargo/requirement'
  | 'cargo/resolve'
  | 'cargo/selection'
  | 'cargo/source'
  | 'cargo/target'
  | 'cargo/unlocked'
  | 'cargo/version';

/** Where in a text an error is. Both are 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The one error of this folder: input that Cargo's formats do not allow, or that is unsafe to read. */
export class CargoError extends Error {
  readonly code: CargoErrorCode;
  /** 1-based; present where the input is a text of several lines. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;

  constructor(code: CargoErrorCode, message: string, at?: Position, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CargoError';
    this.code = code;
    if (at !== undefined) {
      this.line = at.line;
      this.column = at.column;
    }
  }
}

/** Input as it may stand in a message: quoted, one line, at most 80 characters. */
export function quoted(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 79)}…` : text;
  return `\`${short.replace(controls, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`)}\``;
}

/** Control characters, bidirectional overrides and lone surrogates: what may forge a terminal or a log line. */
const controls = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
