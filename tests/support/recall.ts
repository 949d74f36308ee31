/** How acts of real build scripts are kept, and where they are said to have happened. */
import type { ObservedAct } from '../../src/build/record/act.ts';
import type { RealRelease } from './real-archives.ts';

export interface RecordedScript extends RealRelease {
  /** Libraries that it calls, or that those call, whose reviews name something that was seen. */
  readonly helpers?: readonly RealRelease[];
  readonly acts: readonly ObservedAct[];
}

/** As a recording names the places of the machine. */
export const recordedPlace = {
  manifestDir: '/package',
  env: new Map([
    ['RUSTC', '/toolchain/bin/rustc'],
    ['HOME', '/home'],
    ['OUT_DIR', '/out'],
  ]),
};
