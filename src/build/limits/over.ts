import { BuildError } from '../error.ts';

/** A limit that a build met; `said` is a part of a sentence. */
export interface MetLimit {
  readonly kind: 'processes' | 'memory' | 'disk';
  readonly most: number;
  readonly said: string;
}

/** Bytes as whoever set a limit of them reads it: in MiB, in KiB below one. */
export function sizeText(bytes: number): string {
  const mebibytes = bytes / 1024 / 1024;
  if (mebibytes < 1) return `${Math.round(bytes / 1024)} KiB`;
  return `${mebibytes < 100 ? Math.round(mebibytes * 10) / 10 : Math.round(mebibytes)} MiB`;
}

/** Why a build was ended that met a limit; `lines` say more of it. */
export function overLimit({ kind, said }: MetLimit, lines: readonly string[]): BuildError {
  return new BuildError(
    'build/limit',
    [`the build wanted more than ${said}, and was ended:`, ...lines].join('\n'),
    { next: `Give it more by --max-${kind}, if that is what it should need.` },
  );
}
