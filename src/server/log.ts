import { pino } from 'pino';
import { oneLine } from '../policy/one-line.ts';
import type { Decision, Journal } from '../registry/journal.ts';

/** The server's own log: one line per decision, alarm or trouble. */
export interface ServerLog extends Journal {
  info(message: string): void;
  /** The newest alarms, newest first, for the status page. */
  alarms(): readonly { readonly at: number; readonly message: string }[];
  /** An error that nobody foresaw, with its stack. */
  failure(error: unknown, where: string): void;
}

const kept = 50;

/** Writes the log as lines for people or as JSON for machines; `write` takes whole lines. */
export function serverLog(
  format: 'text' | 'json',
  write: (line: string) => void,
  clock: () => number,
): ServerLog {
  const alarms: { at: number; message: string }[] = [];
  const line = format === 'json' ? jsonLines(write, clock) : textLines(write, clock);
  return {
    decision: (decision) => line('info', sentence(decision), { ...decision }),
    alarm(message, fields) {
      alarms.unshift({ at: clock(), message });
      alarms.length = Math.min(alarms.length, kept);
      line('alarm', message, fields);
    },
    standing: (message, fields) => line('alarm', message, fields),
    trouble: (message, fields) => line('warn', message, fields),
    info: (message) => line('info', message, {}),
    alarms: () => alarms,
    failure(error, where) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      line('error', `${where}: ${message}`, {});
    },
  };
}

type Level = 'info' | 'warn' | 'alarm' | 'error';
type WriteLine = (level: Level, message: string, fields: Readonly<Record<string, unknown>>) => void;

function jsonLines(write: (line: string) => void, clock: () => number): WriteLine {
  const logger = pino(
    {
      base: null,
      timestamp: () => `,"time":"${new Date(clock()).toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (text: string) => write(text) },
  );
  const levels = { info: 'info', warn: 'warn', alarm: 'error', error: 'error' } as const;
  return (level, message, fields) =>
    logger[levels[level]]({ ...fields, ...(level === 'alarm' ? { alarm: true } : {}) }, message);
}

function textLines(write: (line: string) => void, clock: () => number): WriteLine {
  return (level, message) => {
    const mark = level === 'info' ? '' : `${level.toUpperCase()} `;
    // A stack has lines of its own. Nothing else has: a reason that somebody typed must not look like a line of the log.
    const text = level === 'error' ? stackLines(message) : oneLine(message);
    write(`${new Date(clock()).toISOString().slice(0, 19)}Z ${mark}${text}\n`);
  };
}

function sentence({ event, crate, version, from, to, until, rule, message, actor }: Decision): string {
  const what = version === '' ? crate : `${crate}@${version}`;
  const step =
    to === null ? event : from === null || from === to ? `${event}: ${to}` : `${event}: ${from} → ${to}`;
  const end = until === undefined ? '' : ` until ${until}`;
  const why = message === '' ? '' : ` (${rule === undefined ? '' : `${rule}: `}${message})`;
  return `${what} ${step}${end}${why} [${actor}]`;
}

/** What an error says may come from outside: no control character of it reaches the terminal. */
function stackLines(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '?'));
  return lines.join('\n  ');
}
