/** Lists go on where a page ended: what comes or goes between two pages is neither skipped nor shown twice. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { folder, safeguard } from '../cli/support.ts';
import { old } from '../support/check.ts';
import { type DatabaseName, databases, type Stage, stage } from '../support/stage.ts';

interface Page {
  readonly releases?: readonly { readonly crate: string; readonly version: string }[];
  readonly requests?: readonly {
    readonly release: { readonly crate: string; readonly version: string };
    readonly asked: readonly unknown[];
  }[];
  readonly decisions?: readonly { readonly crate: string; readonly version: string }[];
  readonly next: string | null;
}

const fetching = 'fn main() { let _ = std::net::TcpStream::connect("downloads.invalid:80"); }';
const named = ['ant', 'bee', 'cow', 'dog', 'eel'] as const;

async function page(s: Stage, path: string, after?: string | null): Promise<Page> {
  const query = after == null ? '' : `&after=${encodeURIComponent(after)}`;
  const answer = await s.mirror.call(`/api/v1/${path}${query}`);
  assert.equal(answer.status, 200, path);
  return (await answer.json()) as Page;
}

const cratesOf = ({ releases = [], requests = [], decisions = [] }: Page) =>
  [...releases, ...requests.map(({ release }) => release), ...decisions].map(({ crate }) => crate);

/** The first page of a list, then what `between` does, then the others to the end. */
async function walked(s: Stage, path: string, between: (first: Page) => Promise<void>): Promise<string[]> {
  const first = await page(s, path);
  assert.equal(cratesOf(first).length, 2, `${path}: ${cratesOf(first)}`);
  await between(first);
  const seen = cratesOf(first);
  for (let { next } = first; next !== null; ) {
    const more = await page(s, path, next);
    seen.push(...cratesOf(more));
    next = more.next;
  }
  return seen;
}

for (const { name, skip } of databases) {
  describe(`pages of lists on ${name}`, { skip }, () => {
    it('of releases by their state: one of the first page goes, others come', async (t) => {
      for (const order of ['since', 'until']) {
        const s = await stage(t, { database: name as DatabaseName });
        for (const crate of named) {
          s.publish(crate, '1.0.0', old);
          await s.release(crate, '1.0.0');
        }
        for (const crate of named) {
          s.publish(crate, '1.1.0');
          await s.pass('1h');
        }
        const whole = cratesOf(await page(s, `quarantine?state=held&order=${order}`));
        assert.deepEqual(whole.toSorted(), [...named]);
        const seen = await walked(s, `quarantine?state=held&limit=2&order=${order}`, async (first) => {
          const [gone = ''] = cratesOf(first);
          await s.act('block', { crate: gone, version: '1.1.0' });
          s.publish('ant', '1.2.0');
          await s.pass('1h');
        });
        const expected = order === 'since' ? whole : [...whole, 'ant'];
        assert.deepEqual(seen, expected, order);
      }
    });

    it('of what waits for a person, and of what people asked for and decided', async (t) => {
      const s = await stage(t, { database: name as DatabaseName });
      for (const crate of named) {
        s.publish(crate, '1.0.0', old);
        s.publish(crate, '1.1.0', { buildScript: fetching, ...old });
        assert.equal((await s.download(crate, '1.1.0')).status, 403);
      }
      const token = await s.tokenFor('anna');
      const asks = async (crate: string) => {
        const body = { crate, version: '1.1.0', reason: 'needed' };
        const answer = await s.mirror.call('/api/v1/requests', { method: 'POST', body, token });
        assert.equal(answer.status, 200);
      };
      for (const crate of named) {
        await s.pass(1000);
        await asks(crate);
      }
      const gone = async (first: Page) => {
        await s.act('block', { crate: cratesOf(first)[0] ?? '', version: '1.1.0' });
      };
      for (const path of ['quarantine?state=review', 'requests?state=review']) {
        const whole = cratesOf(await page(s, path));
        assert.deepEqual(whole.toSorted(), [...named]);
        assert.deepEqual(await walked(s, `${path}&limit=2`, gone), whole);
        await s.act('unblock', { crate: whole[0] ?? '', version: '1.1.0' });
      }

      for (const crate of named) await s.act('reject', { crate, version: '1.1.0' });
      const seen = await walked(s, 'quarantine/decisions?limit=2', async () => {
        await s.act('reject', { crate: 'ant', version: '1.1.0' });
      });
      assert.deepEqual(seen, named.toReversed());
    });

    it('go on in the command line, which prints all of them as a table', async (t) => {
      const s = await stage(t, { database: name as DatabaseName });
      for (const crate of named) {
        s.publish(crate, '1.0.0', old);
        await s.release(crate, '1.0.0');
        await s.act('block', { crate, version: '1.0.0' });
      }
      const list = ['quarantine', 'list', '--server', s.mirror.url, '--limit', '2'];
      const cwd = folder(t);
      const first = await safeguard(list, { cwd });
      const [, next = ''] = /2 shown; the next page: --after (\S+)/.exec(first.stderr) ?? [];
      const second = await safeguard([...list, '--after', next], { cwd });
      const csv = await safeguard([...list, '--format', 'csv'], { cwd });
      const inText = [first, second].flatMap(({ stdout }) => stdout.match(/^\w+(?=@)/gm) ?? []);
      const inCsv = csv.stdout.trim().split('\n').slice(1);
      assert.equal(inCsv.length, 5, csv.stdout + csv.stderr);
      assert.deepEqual(
        inText,
        inCsv.slice(0, 4).map((line) => line.split(',')[1]),
      );
    });

    it('go on only where they are the same list', async (t) => {
      const s = await stage(t, { database: name as DatabaseName });
      for (const crate of named) {
        s.publish(crate, '1.0.0');
        await s.download(crate, '1.0.0');
      }
      const { next } = await page(s, 'quarantine?state=held,promoted&limit=1');
      assert.notEqual(next, null);
      for (const path of [
        `quarantine?order=until&after=${next}`,
        `requests?after=${next}`,
        `quarantine/decisions?after=${next}`,
        'quarantine?after=W10',
        'quarantine?offset=1&after=!',
      ]) {
        const answer = await s.mirror.call(`/api/v1/${path}`);
        assert.equal(answer.status, 400, path);
        assert.match(await answer.text(), /after/, path);
      }
    });
  });
}
