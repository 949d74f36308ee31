import type { IncomingMessage, Server } from 'node:http';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { limitSession } from './connections.ts';
import { refuseHost } from './request-target.ts';

/** What every HTTP/2 client says first (RFC 9113, section 3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const frameHeader = 9;
/** The largest frame that may be sent unasked, in bytes (RFC 9113, section 4.2). */
const maxFrame = 16_384;
/** Milliseconds in which a client that asked for HTTP/2 must begin to speak it. */
const patience = 10_000;
const switching = 'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n';
/** Fields that belong to one HTTP/1.1 connection (RFC 9113, section 8.2.2), and `host`, which `:authority` replaces. */
const dropped = new Set(
  'connection host http2-settings keep-alive proxy-connection te transfer-encoding upgrade'.split(' '),
);
/** A proxy stands in between: what it lets through must not become a connection that it no longer reads. */
const proxied = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'];

/**
 * Accepts HTTP/2 over plain HTTP from clients that offer to upgrade (RFC 7540, section 3.2), which cargo does with its
 * first request: it opens at most two connections to a host, and without HTTP/2 each of them carries one request at a
 * time. Everybody else, and every request with a body, is answered in HTTP/1.1 as if nothing had been offered.
 *
 * Node's HTTP/2 server takes over a connection only from its very beginning. So the request that came before the
 * upgrade is told to it as the client's first HTTP/2 request, which is what the upgrade makes of it: stream 1.
 */
export function acceptH2c(app: FastifyInstance): void {
  const server = app.server as Server & { shouldUpgradeCallback?: (request: IncomingMessage) => boolean };
  // Without it (Node before 24.9) every offer of any upgrade would have to be taken.
  if (server.shouldUpgradeCallback === undefined) return;
  const sessions = new Set<ServerHttp2Session>();
  const h2 = createServer((request, response) => app.routing(request as never, response as never));
  h2.on('session', (session) => {
    sessions.add(session);
    limitSession(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
  });
  server.shouldUpgradeCallback = isAcceptable;
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    takeOver(request, socket, head, () => h2.emit('connection', socket));
  });
  app.addHook('preClose', (done) => {
    for (const session of sessions) session.close();
    done();
  });
}

function isAcceptable(request: IncomingMessage): boolean {
  const { method, headers, rawHeaders, url } = request;
  if (headers.upgrade?.toLowerCase() !== 'h2c' || typeof headers['http2-settings'] !== 'string') return false;
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return false;
  if (proxied.some((name) => headers[name] !== undefined)) return false;
  // What is to be refused is refused where it came from.
  return url?.startsWith('/') === true && rawHeaders.length < 200 && refuseHost(request) === undefined;
}

/** Answers 101, waits for the client's first words, and puts its first request right behind them. */
function takeOver(request: IncomingMessage, socket: Socket, head: Buffer, accept: () => void): void {
  const first = headersFrame(request);
  if (first === undefined) {
    socket.destroy();
    return;
  }
  let heard = head;
  const give = () => socket.destroy();
  const timer = setTimeout(give, patience);
  const listen = (): void => {
    for (let piece = socket.read(); piece !== null; piece = socket.read()) {
      heard = Buffer.concat([heard, piece as Buffer]);
    }
    const end = endOfFirstWords(heard);
    if (end === 'more') return;
    clearTimeout(timer);
    socket.off('readable', listen).off('error', give).off('end', give);
    if (end === 'wrong') {
      give();
      return;
    }
    socket.unshift(Buffer.concat([heard.subarray(0, end), first, heard.subarray(end)]));
    accept();
  };
  socket.on('error', give).on('end', give).on('readable', listen);
  socket.write(switching);
  listen();
}

/** Where the preface and the SETTINGS frame that has to follow it end. */
function endOfFirstWords(heard: Buffer): number | 'more' | 'wrong' {
  const begun = Math.min(heard.length, preface.length);
  if (!heard.subarray(0, begun).equals(preface.subarray(0, begun))) return 'wrong';
  if (heard.length < preface.length + frameHeader) return 'more';
  const length = heard.readUIntBE(preface.length, 3);
  const type = heard[preface.length + 3];
  if (type !== settingsFrame || length > maxFrame) return 'wrong';
  const end = preface.length + frameHeader + length;
  return heard.length < end ? 'more' : end;
}

const settingsFrame = 4;
const headersFrameType = 1;
const endStreamAndHeaders = 0x5;

/** A request as the HEADERS frame of stream 1; `undefined` where it would not fit into one. */
function headersFrame({ method = '', url = '', headers, rawHeaders }: IncomingMessage): Buffer | undefined {
  const fields: [string, string][] = [
    [':method', method],
    [':scheme', 'http'],
    [':authority', headers.host ?? ''],
    [':path', url],
  ];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? '';
    if (!dropped.has(name)) fields.push([name, rawHeaders[i + 1] ?? '']);
  }
  const block = Buffer.concat(fields.flatMap(literalField));
  if (block.length > maxFrame) return undefined;
  const frame = Buffer.alloc(frameHeader);
  frame.writeUIntBE(block.length, 0, 3);
  frame[3] = headersFrameType;
  frame[4] = endStreamAndHeaders;
  frame.writeUInt32BE(1, 5);
  return Buffer.concat([frame, block]);
}

/** A field that leaves no trace in the table which the client believes to be the first to write (RFC 7541, section 6.2.2). */
function literalField([name, value]: readonly [string, string]): Buffer[] {
  return [Buffer.from([0]), hpackText(name), hpackText(value)];
}

/** A length with a prefix of seven bits (RFC 7541, section 5.1) and the bytes. */
function hpackText(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}
