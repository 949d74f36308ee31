import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Problem, problemJson } from './errors.ts';

/**
 * Answers what Node's parser cannot read as a request, in the shape of every refusal: it comes before any route. Of what was asked
 * nothing is known, so that it is JSON for everybody.
 */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  // The other side is gone: nobody reads an answer.
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) return void socket.destroy(error);
  const problem = problemOf(error.code);
  const body = JSON.stringify(problemJson(problem));
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

/** By the codes of Node's parser (`llhttp`) and of its time limits. */
function problemOf(code: string | undefined): Problem {
  const as = (status: number, detail: string): Problem => ({
    status,
    code: 'server/unreadable-request',
    detail,
  });
  if (code === 'HPE_HEADER_OVERFLOW')
    return as(431, 'The address and the headers of the request are longer than 16 KiB.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return as(408, 'The request did not come whole in time.');
  return as(400, 'The request cannot be read as HTTP.');
}
