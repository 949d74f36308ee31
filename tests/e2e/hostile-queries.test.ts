/** What no list was ever given: every parameter of every route that is read, with what no store has in it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { databases, stage } from '../support/stage.ts';

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      { readonly get?: { readonly parameters?: readonly { readonly name: string; readonly in: string }[] } }
    >
  >;
}

const large = '9'.repeat(30);
/** As they stand in a URL. */
const values = [
  ...['%00', 'a%00b', '1:%00', '!1:%00', '%ED%A0%80', '%FF'],
  ...[String(Number.MAX_SAFE_INTEGER), '9223372036854775808', '1e400', '-1', '1.5'],
  ...[`${large}:a`, `!${large}:a`, `${Number.MAX_SAFE_INTEGER}:a`],
  ...['%27', '%25', '%5C', '_', '%5B%5D', Buffer.from('["a\\u0000b"]').toString('base64url')],
];

/** What a route wants beside, to come as far as its store. */
const wanted: Readonly<Record<string, string>> = {
  '/api/v1/affected': 'of=a',
  '/api/v1/vex/document': 'format=openvex',
};

for (const { name: database, skip } of databases)
  describe(`hostile queries on ${database}`, { skip }, () => {
    it('are answered by whoever asks wrong, never by a store that fails', async (t) => {
      const { mirror } = await stage(t, { database });
      const token = mirror.token();
      const { paths } = (await (await mirror.call('/api/v1/openapi.json')).json()) as Document;
      const failed: string[] = [];
      let asked = 0;
      for (const [path, { get }] of Object.entries(paths)) {
        const at = path.replaceAll(/\{\w+\}/g, 'a');
        for (const { name, in: where } of get?.parameters ?? [])
          for (const value of where === 'query' ? values : []) {
            const [more, own] = [wanted[path], `${name}=${value}`];
            const query = more === undefined || more.startsWith(`${name}=`) ? own : `${more}&${own}`;
            const answer = await mirror.call(`${at}?${query}`, { token });
            await answer.arrayBuffer();
            asked++;
            if (answer.status >= 500) failed.push(`${answer.status} ${at}?${query}`);
          }
      }
      assert.deepEqual(failed, []);
      assert.ok(asked > 1000, String(asked));
    });
  });
