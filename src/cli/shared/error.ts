/** Exit codes: what scripts may rely on. Documented in `--help` and docs/cli.md. */
export const exit = {
  ok: 0,
  /** Denied, or a problem was found. */
  problem: 1,
  /** Held for a time, waiting for a person's review, or not known. */
  waiting: 2,
  /** The command line, or a file it names, does not say what it must. */
  usage: 64,
  /** The server is out of reach, answered with a fault, or Safeguard itself failed. */
  unavailable: 70,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** What `--help` and the reference pages say of each. */
export const exitMeanings: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [exit.ok, 'fine'],
  [exit.problem, 'denied, or a problem was found'],
  [exit.waiting, 'held for a time, waiting for a review, or not known'],
  [exit.usage, 'the command line, or a file that it names, is not right'],
  [exit.unavailable, 'the server is out of reach, or Safeguard itself failed'],
  [exit.interrupted, 'stopped by Ctrl-C'],
];

const exitOf = {
  'cli/usage': exit.usage,
  'cli/file': exit.usage,
  'cli/config': exit.problem,
  'cli/refused': exit.problem,
  'cli/unreachable': exit.unavailable,
  'cli/answer': exit.unavailable,
} as const satisfies Readonly<Record<string, ExitCode>>;

export type CliErrorCode = keyof typeof exitOf;

/** What a command says when it cannot do what it was asked: one sentence, and what to do next. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  readonly next: string | undefined;
  readonly exit: ExitCode;

  constructor(
    code: CliErrorCode,
    message: string,
    options: { readonly next?: string; readonly exit?: ExitCode; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = options.next;
    this.exit = options.exit ?? exitOf[code];
  }
}
