import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { RegistryError } from '../error.ts';

/** Where the token of an upstream comes from, as configured. At most one is given. */
export interface CredentialSection {
  readonly 'token-env'?: string | undefined;
  readonly 'token-file'?: string | undefined;
  /** A program and its arguments; it prints the token. */
  readonly 'token-command'?: readonly string[] | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Milliseconds that a command may take. */
const patience = 30_000;
/** Milliseconds for which a token is used that a file or a command gave. */
const kept = 5 * 60_000;

/**
 * The token of one upstream. It is held where nothing prints it: no message, no status and no JSON of this object has
 * it, and only what is sent to the upstream's own host asks for it.
 */
export class Credential {
  readonly #upstream: string;
  readonly #read: () => Promise<string>;
  #held: { readonly token: Promise<string>; readonly at: number } | undefined;

  constructor(upstream: string, read: () => Promise<string>) {
    this.#upstream = upstream;
    this.#read = read;
  }

  /** What goes into the `Authorization` field: the token as it stands, as cargo sends it. Throws `RegistryError`. */
  async authorization(now: number): Promise<string> {
    const held = this.#held;
    if (held !== undefined && Math.abs(now - held.at) < kept) return await held.token;
    const token = this.#checked();
    this.#held = { token, at: now };
    token.catch(() => this.renew());
    return await token;
  }

  /** The token was not taken: the next one is read anew. */
  renew(): void {
    this.#held = undefined;
  }

  async #checked(): Promise<string> {
    const token = (
      await this.#read().catch((cause: unknown) => {
        throw noToken(this.#upstream, 'cannot be had; the log of Safeguard says why', cause);
      })
    ).trim();
    if (token === '') throw noToken(this.#upstream, 'is empty');
    if (!/^[\x20-\x7e]+$/.test(token)) throw noToken(this.#upstream, 'is not one line of plain characters');
    return token;
  }
}

/** The credential that a section asks for. Throws `RegistryError` `registry/bad-config` for a variable that is not set. */
export function credentialOf(
  upstream: string,
  { 'token-env': variable, 'token-file': file, 'token-command': command }: CredentialSection,
  env: Env,
): Credential | undefined {
  if (variable !== undefined) {
    const token = env[variable] ?? '';
    if (token.trim() !== '') return new Credential(upstream, async () => token);
    const message = `the upstream ${upstream} is to be asked with the token in the environment variable ${variable}, which is not set`;
    throw new RegistryError('registry/bad-config', message);
  }
  if (file !== undefined) return new Credential(upstream, () => readFile(file, 'utf8'));
  if (command === undefined) return undefined;
  const [program = '', ...args] = command;
  return new Credential(upstream, async () => {
    const { stdout } = await promisify(execFile)(program, args, {
      timeout: patience,
      maxBuffer: 64 * 1024,
    }).catch((error: NodeJS.ErrnoException) => {
      // What it printed may be the token.
      throw new Error(`${program} failed (${error.code ?? 'ended'})`);
    });
    return stdout;
  });
}

function noToken(upstream: string, what: string, cause?: unknown): RegistryError {
  return new RegistryError('registry/unauthorised', `the token of ${upstream} ${what}`, { cause });
}
