import type { SocketAddress, WriteKind } from './strace-events.ts';

/**
 * What code of a package did, or tried, while a build ran. `below` is the program that did it, where that is not the
 * actor itself.
 */
export type ObservedAct =
  | {
      readonly kind: 'exec';
      readonly program: string;
      readonly argv: readonly string[];
      readonly below?: string;
    }
  | {
      readonly kind: 'exec-failed';
      readonly program: string;
      readonly error: string;
      readonly below?: string;
    }
  /** `refused` is why there was no connection: `ENETUNREACH`. */
  | {
      readonly kind: 'connect';
      readonly address: SocketAddress;
      readonly refused?: string;
      readonly below?: string;
    }
  /** It asked for the address of a name. */
  | { readonly kind: 'lookup'; readonly host: string; readonly below?: string }
  /** It takes connections, or datagrams, there. */
  | { readonly kind: 'bind'; readonly address: SocketAddress; readonly below?: string }
  /** Something by which it can do what nobody sees: `io_uring`, `LD_PRELOAD=/x.so` in a compiler. */
  | { readonly kind: 'hidden'; readonly what: string; readonly below?: string }
  /** What it told cargo and was kept from it, where it was kept in. */
  | { readonly kind: 'denied'; readonly what: string; readonly below?: string }
  /** A program that it left behind, and that was ended with the build. */
  | { readonly kind: 'left'; readonly program: string; readonly below?: string }
  /** It read what was asked about. */
  | { readonly kind: 'read'; readonly path: string; readonly below?: string }
  /** It opened what is there, and is kept from its sight. */
  | { readonly kind: 'absent'; readonly path: string; readonly write: boolean; readonly below?: string }
  /** `refused` is why it could not: `EROFS`. */
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly how: WriteKind;
      readonly refused?: string;
      readonly below?: string;
    };

/** Code of a package that ran during a build. */
export interface RecordedActor {
  /** A build script; or macros, in the compiler that compiled the package which uses them. */
  readonly kind: 'build-script' | 'macros';
  /** Of macros: the package that was compiled. */
  readonly crate: string;
  readonly version: string;
  readonly manifestDir: string;
  readonly outDir?: string | undefined;
  /** Macro libraries that the compiler had loaded, by the names of their files. */
  readonly macros: readonly string[];
  readonly acts: readonly ObservedAct[];
  /** Writes below OUT_DIR, and of the compiler below the target folder: how many. */
  readonly expectedWrites: number;
}
