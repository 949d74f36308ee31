import { styleText } from 'node:util';

export { printable } from '../../gate/report/printable.ts';

type Style = Parameters<typeof styleText>[0];

/** Writes a line to stdout: what was asked for. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line to stderr: what is said about the work. */
export function note(line = ''): void {
  process.stderr.write(`${line}\n`);
}

/** Colours text for a stream, where it is a terminal that wants colour (`NO_COLOR`, `FORCE_COLOR` and `TERM` count). */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

/** Quiet when the reader has left (`| head`): there is nobody to tell. */
export function leaveQuietlyWithReader(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
}

/** A server outlives the reader of its log: what nobody reads is dropped. */
export function stayWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error');
    stream.on('error', () => undefined);
  }
}
