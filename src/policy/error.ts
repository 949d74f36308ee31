/** A settings file that does not say what it must: where, what, and what was probably meant. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly code: 'policy/syntax' | 'policy/invalid' | 'policy/unknown-key';
  readonly file: string;
  /** 1-based; 0 where the file as a whole is meant. */
  readonly line: number;
  /** 1-based; 0 where the line as a whole is meant. */
  readonly column: number;

  constructor(
    code: PolicyError['code'],
    message: string,
    at: { readonly file: string; readonly line: number; readonly column: number },
    cause?: unknown,
  ) {
    super(
      `${at.file}${at.line > 0 ? `:${at.line}` : ''}${at.column > 0 ? `:${at.column}` : ''}: ${message}`,
      { cause },
    );
    this.code = code;
    this.file = at.file;
    this.line = at.line;
    this.column = at.column;
  }
}
