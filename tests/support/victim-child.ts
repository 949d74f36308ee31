/** A server in a process of its own, to be killed: its clock and its ticks come as messages. See `victim.ts`. */
import { startMirror } from './mirror.ts';
import type { FromVictim, ToVictim, VictimOptions } from './victim.ts';

// Ends with the one who started it, however that ends.
process.once('disconnect', () => process.exit());

const { now: start, ...options } = JSON.parse(process.argv[2] ?? '') as VictimOptions;
let now = start;
const mirror = await startMirror({ ...options, clock: { now: () => now } });
process.on('message', (message: ToVictim) => {
  now = message.now;
  const work = message.notify ? mirror.notify() : mirror.tick();
  work.then(
    () => say({ kind: 'ticked', number: message.number }),
    (error: unknown) => say({ kind: 'failed', number: message.number, message: String(error) }),
  );
});
say({ kind: 'up', url: mirror.url, token: mirror.token() });

function say(message: FromVictim): void {
  process.send?.(message);
}
