import { setTimeout } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** What pages ask of the server, by how often: what is opened in the morning most. */
const questions = [
  '/api/v1/status',
  '/api/v1/session',
  '/api/v1/quarantine?state=review&limit=8',
  '/api/v1/quarantine?state=held&order=until&limit=8',
  '/api/v1/quarantine?limit=100',
  '/api/v1/quarantine?state=review&limit=100',
  '/api/v1/releases/crate-7/1.1.0',
  '/api/v1/explain/crate-7/1.1.0',
  '/api/v1/requests?state=held,review&limit=100',
  '/api/v1/requests?by=anna&limit=8',
  '/api/v1/quarantine/decisions',
  '/api/v1/approvals',
  '/api/v1/artefacts?limit=200',
  '/api/v1/components?text=crate-7',
  '/api/v1/affected?of=crate-7000',
  '/api/v1/affected?of=hot',
  '/api/v1/sightings?limit=200',
  '/api/v1/hosts',
  '/api/v1/exposures?state=open&limit=200',
  '/api/v1/audit?after=0&limit=100',
  '/api/v1/policy',
] as const;

/** Milliseconds that answers took, by the question. */
export type Taken = ReadonlyMap<string, readonly number[]>;

/** Each question some times, one after another, by one who is alone. */
export async function alone(url: string, token: string, times: number): Promise<Taken> {
  const taken = new Map<string, number[]>();
  const agent = new Agent();
  for (const path of questions)
    for (let i = 0; i < times; i++) note(taken, path, await ask(agent, url, path, token));
  await agent.close();
  return taken;
}

/** So many people at once, each with a connection, who read for so long between two questions, for some seconds. */
export async function together(
  url: string,
  token: string,
  { people, reads, seconds }: { readonly people: number; readonly reads: number; readonly seconds: number },
): Promise<Taken> {
  const taken = new Map<string, number[]>();
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: people }, async (_, who) => {
      const agent = new Agent({ connections: 1 });
      // Nobody begins when all the others do.
      await setTimeout((who / people) * reads);
      for (let i = who; performance.now() < until; i++) {
        const path = questions[(i * 5) % questions.length] ?? questions[0];
        note(taken, path, await ask(agent, url, path, token));
        await setTimeout(reads);
      }
      await agent.close();
    }),
  );
  return taken;
}

function note(taken: Map<string, number[]>, path: string, time: number): void {
  const list = taken.get(path);
  if (list === undefined) taken.set(path, [time]);
  else list.push(time);
}

async function ask(dispatcher: Agent, url: string, path: string, token: string): Promise<number> {
  const began = performance.now();
  const answer = await request(url + path, { dispatcher, headers: { authorization: `Bearer ${token}` } });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  return performance.now() - began;
}

/** The time within which that part of the answers came. */
export function at(part: number, times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
