import type { EgressEntry } from '../../build/egress/proxy.ts';
import type { Cell } from '../../build/limits/cell.ts';
import type { Recorder } from '../../build/record/recorder.ts';
import type { RefusalReport } from '../../build/record/report.ts';
import type { CargoMessage } from '../../build/run/messages.ts';
import { compile, type InRoom } from '../../build/run/phases.ts';
import type { Room } from '../../build/run/room.ts';
import type { BuildSettings } from '../../policy/build-allow.ts';
import type { OpenBuild } from '../shared/open-build.ts';
import { startRecording } from './recording.ts';

/** A build whose crates are unpacked, as it is compiled: once, or again to compare. */
export interface Compiling {
  readonly opened: OpenBuild;
  readonly room: Room;
  readonly input: InRoom;
  /** The folder of this build. */
  readonly work: string;
  readonly recorder: Recorder;
  readonly settings: BuildSettings;
  /** Where results go, and the files of the policy. */
  readonly apart: readonly string[];
  readonly cell: Cell;
  /** Bytes. */
  readonly disk: number;
  /** Whether what is refused goes to the terminal. */
  readonly tells: boolean;
}

export interface Compiled {
  readonly messages: readonly CargoMessage[];
  readonly refused: readonly RefusalReport[];
  /** What went through the proxy, where there was one. */
  readonly egress: readonly EgressEntry[] | undefined;
}

/**
 * Compiles, recorded as far as this machine can, and refuses what no policy allows. `onEnd` has what was refused also
 * where it fails. Throws `BuildError`.
 */
export async function compileRecorded(
  { opened, room, input, work, recorder, settings, apart, cell, disk, tells }: Compiling,
  onEnd: (refused: readonly RefusalReport[], isDone: boolean) => void,
): Promise<Compiled> {
  const recording = await startRecording({
    recorder,
    settings,
    opened,
    room,
    work,
    log: input.log,
    apart,
    tells,
  });
  const { trace, opened: mounts, relay } = recording;
  let messages: readonly CargoMessage[] | undefined;
  let ended: Awaited<ReturnType<typeof recording.finish>> | undefined;
  try {
    messages = await compile(room, input, {
      cell,
      work,
      disk,
      trace,
      opened: mounts,
      relay,
      blame: ({ kind, most }) => recording.blame(kind, most),
    });
  } finally {
    ended = await recording.finish();
    onEnd(ended.reports, messages !== undefined);
  }
  recording.refuse(messages);
  return { messages, refused: ended.reports, egress: ended.egress };
}
