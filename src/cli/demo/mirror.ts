import type { ReleaseReportJson } from '../../server/contract.ts';
import { releaseReportSchema } from '../../server/contract.ts';
import { attack, inTheMiddle, poisoned } from './attack.ts';
import type { Chapter, Line } from './chapter.ts';
import type { DemoStage } from './stage.ts';

/** Minutes of the clock between two looks; the mirror polls every ten. */
const step = 5;
const begin = '2026-08-20T07:05:00Z';
const end = '2026-08-20T09:35:00Z';

/** Plays the attack against the mirror alone, and asks it for every poisoned release on the way. */
export async function mirrorChapter(stage: DemoStage): Promise<Chapter> {
  const lines: Line[] = [];
  for (const crate of ['arrayref', 'append-only-vec']) await offered(stage, crate);
  let handedOut = 0;
  for (let at = Date.parse(begin); at <= Date.parse(end); at += step * 60_000) {
    const now = shortTime(at);
    for (const event of attack.filter(
      (one) => at - step * 60_000 < Date.parse(one.at) && Date.parse(one.at) <= at,
    )) {
      await event.apply(stage.registry);
      lines.push({ at: event.at, kind: 'attack', text: event.what });
    }
    await stage.turnTo(now);
    for (const [crate, version] of poisoned) {
      if ((await offered(stage, crate)).includes(version)) handedOut++;
      if (await isHandedOut(stage, crate, version)) handedOut++;
    }
    if (now === inTheMiddle) lines.push(...(await inTheMiddleOfIt(stage, now)));
  }
  lines.push({
    at: shortTime(Date.parse(end)),
    kind: 'safeguard',
    text:
      handedOut === 0
        ? 'It is over. At no look, from the first minute to the last, was any of the three offered or handed out.'
        : `A poisoned release was offered or handed out at ${handedOut} looks.`,
  });
  return {
    title: 'The mirror',
    alone: 'There is no gate and nobody reviews anything. Cargo takes its crates from the mirror.',
    lines,
    stopped: handedOut === 0,
  };
}

async function inTheMiddleOfIt(stage: DemoStage, at: string): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const versions = await offered(stage, 'arrayref');
  const text = `Of arrayref, cargo is offered ${versions.length === 0 ? 'nothing' : versions.join(', ')}.`;
  lines.push({ at, kind: 'safeguard', text });
  if (await isHandedOut(stage, 'arrayref', '0.3.9')) {
    const good = 'A lockfile that pins arrayref 0.3.9 builds as before: yanked is not gone.';
    lines.push({ at, kind: 'safeguard', text: good });
  }
  for (const [crate, version] of poisoned) {
    const { release } = await report(stage, crate, version);
    const until = release.until === undefined ? '' : ` until ${shortTime(Date.parse(release.until))}`;
    lines.push({ at, kind: 'safeguard', text: `${crate} ${version} is ${saidOf[release.state]}${until}:` });
    for (const { message } of release.verdict.findings) lines.push({ kind: 'reason', text: message });
  }
  return lines;
}

const saidOf: Readonly<Record<ReleaseReportJson['release']['state'], string>> = {
  held: 'held',
  promoted: 'handed out',
  review: 'kept for a person to decide',
  blocked: 'blocked',
  withdrawn: 'withdrawn',
};

function indexUrl(stage: DemoStage, crate: string): string {
  return `${stage.url}/index/${crate.slice(0, 2)}/${crate.slice(2, 4)}/${crate}`;
}

async function fetched(stage: DemoStage, url: string): Promise<Response> {
  const response = await fetch(url);
  await stage.server.watch.errands.idle();
  return response;
}

/** The versions that cargo may choose from; none where the mirror knows of no such crate. */
async function offered(stage: DemoStage, crate: string): Promise<readonly string[]> {
  const response = await fetched(stage, indexUrl(stage, crate));
  const text = await response.text();
  if (!response.ok) return [];
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly vers: string; readonly yanked: boolean })
    .filter(({ yanked }) => !yanked)
    .map(({ vers }) => vers);
}

/** Whether the bytes come, as for a lockfile that pins the release. */
async function isHandedOut(stage: DemoStage, crate: string, version: string): Promise<boolean> {
  const { ok, body } = await fetched(stage, `${stage.url}/crates/${crate}/${version}/download`);
  await body?.cancel();
  return ok;
}

async function report(stage: DemoStage, crate: string, version: string): Promise<ReleaseReportJson> {
  const response = await fetched(stage, `${stage.url}/api/v1/releases/${crate}/${version}`);
  return releaseReportSchema.parse(await response.json());
}

/** RFC 3339 without a fraction. */
function shortTime(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
