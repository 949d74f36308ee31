import { serveUntilStopped } from '../../src/cli/serve/command.ts';

// A process of the command with a server of the test's making: argv says how its close behaves, and the log format.

const [closing = 'quick', logFormat = 'text'] = process.argv.slice(2);
const alive = setInterval(() => undefined, 1000);
await serveUntilStopped(
  { listen: '127.0.0.1:0', data: 'd', upstream: 'crates.io', logFormat: logFormat as 'text' | 'json' },
  async () => ({
    url: 'http://127.0.0.1:1',
    indexUrl: 'http://127.0.0.1:1/index/',
    hasPages: false,
    policySummary: ['a new release waits 3 days'],
    close: async () => {
      process.stderr.write('closing\n');
      if (closing === 'stuck') await new Promise(() => undefined);
      clearInterval(alive);
      process.stderr.write('closed\n');
    },
  }),
);
