/**
 * Answers of peers, kept between runs. A peer that is asked the same says the same, and some take a minute to say it:
 * so an answer is kept under everything that it was made of.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testCache } from './peers.ts';

/**
 * What `ask` answers, asked once for each `question`: the peer, its version, and every file and flag that it reads.
 * An `ask` that throws is asked again the next time.
 */
export async function recalled<T>(question: readonly string[], ask: () => Promise<T>): Promise<T> {
  const digest = createHash('sha256').update(JSON.stringify(question)).digest('hex');
  const file = join(testCache, 'answers', digest.slice(0, 2), `${digest}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  const answer = await ask();
  mkdirSync(join(file, '..'), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(answer));
  renameSync(temporary, file);
  return answer;
}
