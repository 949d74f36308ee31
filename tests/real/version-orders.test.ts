/** The orders of versions against the tools that they are: dpkg, rpm and apk, as far as they are there. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { apkOrder } from '../../src/distribution/version-order/apk.ts';
import { dpkgOrder } from '../../src/distribution/version-order/dpkg.ts';
import type { VersionOrder } from '../../src/distribution/version-order/order.ts';
import { rpmOrder } from '../../src/distribution/version-order/rpm.ts';
import { folder } from '../cli/support.ts';
import { type Kind, pairsOf } from '../distribution/version-order/generated.ts';

const run = promisify(execFile);

interface Tool {
  readonly order: VersionOrder;
  /** Ends with 0 where the tool is there. */
  readonly there: string;
  /** Reads `VERSION lt|eq|gt VERSION`, a line each, from the file `$1`, and prints the lines that its tool denies. */
  readonly denied: string;
}

const tools: Readonly<Record<Kind, Tool>> = {
  deb: {
    order: dpkgOrder,
    there: 'dpkg --version',
    denied: `while read -r a op b; do
      dpkg --compare-versions "$a" "$op" "$b" 2>/dev/null || echo "$a $op $b"
    done <"$1"`,
  },
  rpm: {
    order: rpmOrder,
    there: 'rpm --version',
    denied: `rpm --eval "%{lua: for line in io.lines('$1') do
      local a, op, b = line:match('^(%S+) (%S+) (%S+)$')
      if rpm.vercmp(a, b) ~= ({ lt = -1, eq = 0, gt = 1 })[op] then print(line .. '\\n') end
    end}" | grep -v '^$'`,
  },
  apk: {
    order: apkOrder,
    there: 'apk --version',
    denied: `while read -r a op b; do
      case "$op $(apk version -t "$a" "$b")" in 'lt <' | 'eq =' | 'gt >') ;; *) echo "$a $op $b" ;; esac
    done <"$1"`,
  },
};

for (const [kind, { order, there, denied }] of Object.entries(tools) as [Kind, Tool][]) {
  const isThere = spawnSync('sh', ['-c', there], { stdio: 'ignore' }).status === 0;
  describe(`${kind} versions`, { skip: isThere ? false : `no ${there.split(' ')[0]} here` }, () => {
    it('are ordered as their tool orders 10,000 pairs', async (t) => {
      const lines = pairsOf(kind, order.isVersion, 10_000).map(
        ([a, b]) => `${a} ${['lt', 'eq', 'gt'][Math.sign(order.compare(a, b)) + 1]} ${b}\n`,
      );
      for (const op of ['lt', 'eq', 'gt'])
        assert.ok(
          lines.some((line) => line.includes(` ${op} `)),
          op,
        );
      const dir = folder(t);
      // dpkg is started anew for each pair: two at a time.
      const found = await Promise.all(
        [lines.slice(0, 5000), lines.slice(5000)].map(async (half, i) => {
          const file = join(dir, `${i}`);
          // The last line is wrong, so that a script that denies nothing is noticed.
          writeFileSync(file, `${half.join('')}1 gt 2\n`);
          return (await run('sh', ['-c', denied, 'sh', file])).stdout;
        }),
      );
      assert.deepEqual(found, ['1 gt 2\n', '1 gt 2\n']);
    });
  });
}
