import type { PkgConfigCall } from './pkg-config.ts';
import type { SocketAddress, WriteKind } from './strace-events.ts';

/** What a build was seen to do. As JSON it is `safeguard observe --output`. */
export interface Observation {
  readonly format: 1;
  readonly command: readonly string[];
  /** Whether build scripts were kept in: no network, and nothing to write to but OUT_DIR and temporary files. */
  readonly confined: boolean;
  /** The exit code of the command; absent where a signal ended it. */
  readonly exit?: number | undefined;
  readonly actors: readonly ObservedActor[];
  /** What cannot be seen this way, as sentences. */
  readonly unseen: readonly string[];
}

/** Code of a package that ran during the build. */
export interface ObservedActor {
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
  /** What a build script told cargo, from its output file: cargo's own JSON leaves some of it out. */
  readonly directives: readonly string[];
  /** What it asked pkg-config by that name, and what it was told. */
  readonly pkgConfig: readonly PkgConfigCall[];
}

export type ObservedAct =
  /** `below` is the program that ran it, where that is not the actor itself. */
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
  | { readonly kind: 'connect'; readonly address: SocketAddress; readonly below?: string }
  /** It takes connections, or datagrams, there. */
  | { readonly kind: 'bind'; readonly address: SocketAddress; readonly below?: string }
  /** Something by which it can do what nobody sees: `io_uring`, `LD_PRELOAD=/x.so` in a compiler. */
  | { readonly kind: 'hidden'; readonly what: string; readonly below?: string }
  /** What it told cargo and was kept from it, where it was kept in. */
  | { readonly kind: 'denied'; readonly what: string; readonly below?: string }
  /** `refused` is why it could not: `EROFS`. */
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly how: WriteKind;
      readonly refused?: string;
      readonly below?: string;
    };
