import type { IncomingMessage } from 'node:http';
import { constants, type Http2ServerRequest, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Milliseconds of silence after which an HTTP/2 connection is closed, once what it asked for is answered. */
const idle = 75_000;

/** The connections of a server. */
export interface Connections {
  /** Breaks them all off. */
  cut(): void;
}

/** Follows the connections of a server from now on. */
export function followConnections(app: FastifyInstance): Connections {
  const open = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  return {
    cut: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

/** Ends an HTTP/2 connection that nobody uses: Node itself would keep it for ever. */
export function limitSession(session: ServerHttp2Session): void {
  session.setTimeout(idle, () => session.close());
}

/**
 * Ends requests over HTTP/2 whose body does not come whole in time, and connections that nobody uses; over HTTP/1 Node does
 * both itself. `time` is in milliseconds.
 */
export function limitRequests(app: FastifyInstance, time: number): void {
  app.server.on('session', limitSession);
  app.addHook('onRequest', (request, _reply, done) => {
    const raw = request.raw as IncomingMessage | Http2ServerRequest;
    if ('stream' in raw && !raw.stream.endAfterHeaders) {
      const late = setTimeout(() => raw.stream.close(constants.NGHTTP2_CANCEL), time);
      const settled = () => clearTimeout(late);
      raw.once('end', settled);
      // The request itself closes with its answer, which may come before its end.
      raw.stream.once('close', settled);
    }
    done();
  });
}
