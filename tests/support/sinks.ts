/** Those who are told: a receiver of webhooks and a mail server, both on loopback, both scriptable. */
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Cleanup } from './temp.ts';

export type Posted = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string };

export type HttpSink = {
  readonly url: string;
  readonly posted: readonly Posted[];
  /** The status of the next answers; `silence`: none comes. */
  answer(status: number | 'silence', headers?: Record<string, string>): void;
  /** Resolves with the next request, before it is answered. */
  next(): Promise<Posted>;
};

export async function httpSink(t: Cleanup): Promise<HttpSink> {
  const posted: Posted[] = [];
  const waiting: ((one: Posted) => void)[] = [];
  let reply: { status: number | 'silence'; headers: Record<string, string> } = { status: 204, headers: {} };
  const server = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = {
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    posted.push(one);
    for (const tell of waiting.splice(0)) tell(one);
    if (reply.status !== 'silence') response.writeHead(reply.status, reply.headers).end();
  });
  const port = await listen(server, t, () => server.closeAllConnections());
  return {
    url: `http://127.0.0.1:${port}/hook`,
    posted,
    answer(status, headers = {}) {
      reply = { status, headers };
    },
    next: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

/** An alarm as webhooks carry it (`data.alarms`). */
export type ToldAlarm = { readonly alarm: string; readonly message: string; readonly next: string };

/** A receiver of webhooks as a mirror is configured with it, and the alarms that it was told since it was last asked. */
export async function alarmSink(t: Cleanup) {
  const { url, posted } = await httpSink(t);
  let seen = 0;
  return {
    config: `[[notify]]\nkind = "webhook"\nname = "team"\nurl = "${url}"\nsecret-env = "HOOK"\n`,
    env: { HOOK: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
    told: () => {
      const fresh = posted.slice(seen);
      seen = posted.length;
      return fresh.flatMap(({ body }) => JSON.parse(body).data.alarms as readonly ToldAlarm[]);
    },
  };
}

export type Mail = {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body, as they came. */
  readonly text: string;
  readonly encrypted: boolean;
  /** Who it said to be, if it did. */
  readonly login: string | undefined;
};

export type MailSink = {
  readonly port: number;
  readonly mails: readonly Mail[];
  /** Everything that came before any encryption. */
  readonly clear: () => string;
};

export type MailSinkOptions = {
  /** Offers STARTTLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Wants this user and password. */
  readonly login?: { readonly user: string; readonly password: string };
};

/** A mail server as RFC 5321 has it, as far as one mail needs. */
export async function mailSink(t: Cleanup, options: MailSinkOptions = {}): Promise<MailSink> {
  const mails: Mail[] = [];
  const sockets = new Set<Socket>();
  let clear = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write('220 sink\r\n');
    converse(socket, false);
  });
  const port = await listen(server, t, () => {
    for (const socket of sockets) socket.destroy();
  });
  return { port, mails, clear: () => clear };

  function encrypt(socket: Socket): void {
    socket.removeAllListeners('data');
    const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(options.tls) });
    secure.on('error', () => {});
    converse(secure, true);
  }

  function converse(socket: Socket, encrypted: boolean): void {
    let [text, from, data] = ['', '', false];
    let to: string[] = [];
    let login: string | undefined;
    const say = (line: string) => void socket.write(`${line}\r\n`);
    socket.on('data', (chunk: Buffer) => {
      if (!encrypted) clear += chunk.toString();
      text += chunk.toString();
      for (let end = text.indexOf('\r\n'); end !== -1 || data; end = text.indexOf('\r\n')) {
        if (data) {
          const last = text.indexOf('\r\n.\r\n');
          if (last === -1) return;
          mails.push({ from, to, text: text.slice(0, last), encrypted, login });
          text = text.slice(last + 5);
          [data, to] = [false, []];
          say('250 taken');
          continue;
        }
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        say(answerTo(line));
        if (line === 'STARTTLS') return encrypt(socket);
        if (line === 'QUIT') socket.end();
      }
    });

    function answerTo(line: string): string {
      const [verb = '', ...rest] = line.split(' ');
      const address = /<(.*?)>/.exec(line)?.[1] ?? '';
      switch (verb.toUpperCase()) {
        case 'EHLO': {
          const offers = [
            ...(options.tls !== undefined && !encrypted ? ['STARTTLS'] : []),
            ...(options.login === undefined ? [] : ['AUTH PLAIN']),
          ];
          return [...['sink', ...offers].map((offer) => `250-${offer}`), '250 8BITMIME'].join('\r\n');
        }
        case 'STARTTLS':
          return '220 go on';
        case 'AUTH': {
          const [, user = '', password = ''] = Buffer.from(rest[1] ?? '', 'base64')
            .toString()
            .split('\0');
          const isRight = user === options.login?.user && password === options.login.password;
          if (isRight) login = user;
          return isRight ? '235 welcome' : `535 not with the password ${password}`;
        }
        case 'MAIL':
          from = address;
          return options.login === undefined || login !== undefined ? '250 ok' : '530 who are you?';
        case 'RCPT':
          to.push(address);
          return '250 ok';
        case 'DATA':
          data = true;
          return '354 go on';
        case 'QUIT':
          return '221 bye';
        default:
          return '250 ok';
      }
    }
  }
}

async function listen(server: Server, t: Cleanup, end: () => void): Promise<number> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    end();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
