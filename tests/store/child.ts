import { openStore } from '../../src/store/open.ts';
import { entry, release } from './samples.ts';

// A process of its own for the tests of locks and crashes: `node child.ts <what> <folder or URL>`. It says what it
// did, one line each, and ends at the latest when its standard input does.

const [what, where] = process.argv.slice(2);
if (what === undefined || where === undefined) throw new Error('usage: child.ts <hold|write|stuck> <where>');
process.stdin.resume();
process.stdin.once('end', () => process.exit());

try {
  const store = await openStore(where.startsWith('postgres') ? { url: where } : { folder: where });
  process.stdout.write('open\n');
  if (what === 'stuck') {
    await store.write(async (tx) => {
      await tx.append([entry()]);
      process.stdout.write('inside\n');
      await new Promise(() => {});
    });
  }
  for (let i = 1; what === 'write' && i <= 100_000; i += 1) {
    const version = `1.0.${i}`;
    await store.write(async (tx) => {
      await tx.putReleases([release({ version, position: i })]);
      await tx.append([entry({ version }), entry({ version })]);
    });
    process.stdout.write(`ack ${i}\n`);
  }
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.stdout.write(`error ${code} ${message}\n`);
  process.exit(1);
}
