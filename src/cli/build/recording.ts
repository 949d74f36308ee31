import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EgressEntry } from '../../build/egress/proxy.ts';
import { BuildError } from '../../build/error.ts';
import { largestBelow } from '../../build/limits/disk.ts';
import type { MetLimit } from '../../build/limits/over.ts';
import { BuildRecord, type OpenedPlace } from '../../build/record/build-record.ts';
import type { OutsideView } from '../../build/record/hidden.ts';
import type { Recorder } from '../../build/record/recorder.ts';
import { type Refused, sayRefused, sayWriter } from '../../build/record/refusal.ts';
import { type Refusal, type RefusalReport, reportRefusals } from '../../build/record/report.ts';
import { codeDigest } from '../../build/run/code-digest.ts';
import { inside } from '../../build/run/layout.ts';
import { loadedBy } from '../../build/run/loaded.ts';
import type { CargoMessage } from '../../build/run/messages.ts';
import { entryFor, openedMounts, type Permit, permitsFrom } from '../../build/run/permits.ts';
import type { Room } from '../../build/run/room.ts';
import type { RelayPlace } from '../../build/sandbox/bubblewrap.ts';
import type { Mount } from '../../build/sandbox/plan.ts';
import { homeFolder } from '../../gate/project/home-folder.ts';
import type { BuildAllowEntry, BuildSettings } from '../../policy/build-allow.ts';
import type { OpenBuild } from '../shared/open-build.ts';
import { note, paint, printable } from '../shared/terminal.ts';
import { openEgress, refusedRequests } from './egress.ts';
import { sourceFolders } from './room.ts';

/** A build that is recorded, as far as this machine can, and what a policy lets it do. */
export interface Recording {
  /** A file that what is done is written to; absent where nothing records. */
  readonly trace: string | undefined;
  readonly opened: readonly Mount[];
  /** What leads to the proxy outside, where the policy names what may be reached. */
  readonly relay: RelayPlace | undefined;
  /**
   * Ends it, with what was refused by whose code it was, and told in the log and on the terminal; and what went through
   * the proxy, where there was one.
   */
  readonly finish: () => Promise<{
    readonly reports: readonly RefusalReport[];
    readonly egress: readonly EgressEntry[] | undefined;
  }>;
  /** Whose code met a limit, as sentences. `undefined` where that cannot be told. */
  readonly blame: (what: MetLimit['kind'], most: number) => readonly string[] | undefined;
  /** Throws `BuildError('build/not-allowed')` for what was done and no policy allows. */
  readonly refuse: (messages: readonly CargoMessage[]) => void;
}

export interface RecordingInput {
  readonly recorder: Recorder;
  readonly settings: BuildSettings;
  readonly opened: OpenBuild;
  readonly room: Room;
  readonly work: string;
  readonly log: string;
  /** Where results go, and the files of the policy: no part of any package. */
  readonly apart: readonly string[];
  /** Whether what is refused goes to the terminal too; a build that is made again has told it. */
  readonly tells: boolean;
}

/** Begins it. What a policy opens is opened only where it can be told who uses it. */
export async function startRecording(input: RecordingInput): Promise<Recording> {
  const { recorder, settings, opened, room, work, log, apart, tells } = input;
  const { project, resolution } = opened;
  const folderOf = sourceFolders(project, room);
  const { inForce, notInForce } = permitsFrom(settings, resolution, folderOf, apart);
  for (const sentence of tells ? notInForce : []) note(paint('yellow', printable(sentence), process.stderr));
  const isRecorded = recorder.kind === 'strace';
  const places = inForce.filter(
    ({ entry }) => entry.read.length + entry.write.length + entry.egress.length > 0,
  );
  if (tells && !isRecorded && places.length > 0)
    note(
      paint(
        'yellow',
        `What policy opens for ${places.map(({ crate }) => crate).join(', ')} stays closed: ${recorder.reason}, so that nobody can tell who would use it.`,
        process.stderr,
      ),
    );
  const homes = { inside: room.home, outside: homeFolder() };
  const mounts = isRecorded ? openedMounts(inForce, homes) : [];
  const temporary = { inside: inside.temporary, outside: inside.temporary };
  const view: OutsideView = { placeOf: room.placeOf, instead: [homes, temporary], exists: existsSync };
  const trace = isRecorded ? join(work, 'trace') : undefined;
  const record =
    trace === undefined
      ? undefined
      : new BuildRecord(
          trace,
          {
            cwd: room.folder,
            target: inside.target,
            home: room.home,
            // A policy names them as they are in a first build.
            mayAlter: (by, place) => mayAll(by, inForce, ({ write }) => write.includes(inside[place])),
          },
          view,
          openedPlaces(mounts, inForce),
        );
  const egress = record === undefined ? undefined : await openEgress(record, inForce, settings);
  const codeOf = (crate: Refused['crates'][number], kind: Refused['kind']) => {
    const folder = folderOf(crate.name, crate.version);
    return {
      digest: folder === undefined ? undefined : codeDigest(folder, kind, apart),
      entry: entryFor(inForce, kind, crate),
    };
  };
  let trespasses: readonly Refusal[] = [];
  return {
    trace,
    opened: mounts,
    relay: egress?.relay,
    finish: async () => {
      const seen = record?.finish();
      trespasses = seen?.trespasses ?? [];
      const entries = egress?.entries() ?? [];
      await egress?.close();
      const { refusals, unknown } = refusedRequests(entries);
      const reports = reportRefusals([...(seen?.refusals ?? []), ...refusals], codeOf);
      tell(reports, log, tells);
      for (const { host = '?', port = 0, refused = '' } of unknown)
        tellLines([`something in the build asked for ${host}:${port}: ${refused}`], log, tells);
      return { reports, egress: egress === undefined ? undefined : entries };
    },
    blame: (what, most) => {
      record?.read();
      if (what === 'processes') {
        const found = record?.busiest(most / 2);
        return found && [`${sayRefused(found.by)} began ${found.begun} of them`];
      }
      if (what === 'memory') return undefined;
      const file = largestBelow(room.writable);
      const by = file && record?.writerOf(file.inside);
      return by && [`${sayWriter(by)} wrote ${file.inside}: ${Math.round(file.bytes / 1024 / 1024)} MiB`];
    },
    refuse: (messages) => {
      const done = [...trespasses, ...loadedBy(messages, inForce)];
      if (done.length === 0) return;
      const reports = reportRefusals(done, codeOf);
      tell(reports, log, tells);
      throw new BuildError(
        'build/not-allowed',
        `${reports.flatMap((one) => one.acts.map(({ said }) => `${sayRefused(one)} ${said}`)).join('\n')}`,
        {
          next: 'What was built is thrown away. Look at that code, then allow it by the lines above, or do without it.',
        },
      );
    },
  };
}

function openedPlaces(mounts: readonly Mount[], permits: readonly Permit[]): readonly OpenedPlace[] {
  return mounts.map((mount) => {
    const from = 'from' in mount ? mount.from : mount.at;
    return {
      path: mount.at,
      isFor: (by) => mayAll(by, permits, ({ read, write }) => [...read, ...write].includes(from)),
    };
  });
}

/** Whether each crate whose code it may have been has an entry that lets it. */
function mayAll(
  { kind, crates }: Refused,
  permits: readonly Permit[],
  lets: (entry: BuildAllowEntry) => boolean,
): boolean {
  return (
    crates.length > 0 &&
    crates.every((crate) => {
      const entry = entryFor(permits, kind, crate);
      return entry !== undefined && lets(entry);
    })
  );
}

/** A sentence for each act, and then the lines that would allow it. */
function refusalLines(reports: readonly RefusalReport[]): readonly string[] {
  return reports.flatMap((report) => [
    ...report.acts.map(({ said }) => `${sayRefused(report)} ${said}`),
    ...(report.note === undefined ? [] : [`  ${report.note}`]),
    ...(report.allow === undefined
      ? []
      : [
          '  to allow it, in safeguard.toml:',
          ...report.allow.split('\n').map((line) => (line === '' ? '' : `    ${line}`)),
        ]),
  ]);
}

function tell(reports: readonly RefusalReport[], log: string, tells: boolean): void {
  tellLines(refusalLines(reports), log, tells);
}

function tellLines(lines: readonly string[], log: string, tells: boolean): void {
  if (lines.length === 0) return;
  appendFileSync(log, `${lines.map((line) => `safeguard: ${line}`).join('\n')}\n`);
  if (!tells) return;
  for (const line of lines)
    note(
      line.startsWith(' ')
        ? printable(line)
        : `${paint('yellow', 'refused ', process.stderr)} ${printable(line)}`,
    );
}
