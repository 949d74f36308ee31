/** What `safeguard build` was told beside cargo's words. */
export interface BuildCommandOptions {
  readonly outputDir: string;
  readonly policy?: string;
  readonly server?: string;
  readonly upstream: string;
  readonly advisoryDb?: readonly string[];
  readonly offline: boolean;
  /** Exchange what the job has for a session that fetches. */
  readonly exchange: boolean;
  /** Whom the CI's token must be for. */
  readonly audience?: string;
  readonly env?: readonly string[];
  readonly read?: readonly string[];
  readonly maxProcesses: number;
  /** Bytes. */
  readonly maxMemory?: number;
  readonly maxDisk: number;
  readonly creator?: string;
  readonly key?: string;
  /** A signing config of Sigstore: sign by a key that a certificate is given for. */
  readonly keyless?: string;
  /** What is signed so is held against this before it counts. */
  readonly trustedRoot?: string;
  readonly keylessAudience: string;
  readonly builderId?: string;
  /** The server signs, by a key of its own. */
  readonly signByServer: boolean;
  /** Build it twice, and compare. */
  readonly reproduce: boolean;
  /** Commander's reading of `--no-sandbox`. */
  readonly sandbox: boolean;
  readonly format: 'text' | 'json';
}
