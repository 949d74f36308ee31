import type { Message, Target } from './target.ts';
import { sayNotification } from './text.ts';

/** How mails are sent. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** `starttls`: encrypted after the greeting, or not sent; `tls`: encrypted from the start. */
  readonly tls: 'starttls' | 'tls' | 'none';
  readonly auth?: { readonly user: string; readonly pass: string } | undefined;
  readonly from: string;
  readonly to: readonly string[];
}

/** How long a mail server may say nothing: milliseconds. */
const patience = 15_000;

/** Sends mails, each over a connection of its own. */
export function mailSender({ host, port, tls, auth, from, to }: MailSettings): Target['send'] {
  return async (message, signal) => {
    // Only those who send mails read it.
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      host,
      port,
      secure: tls === 'tls',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      ...(auth === undefined ? {} : { auth: { ...auth } }),
      connectionTimeout: patience,
      greetingTimeout: patience,
      socketTimeout: patience,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const stopped = Promise.withResolvers<never>();
    const stop = () => stopped.reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      const sent = transport.sendMail({ from, to: [...to], ...mailOf(message, from) });
      await Promise.race([sent, stopped.promise]);
    } finally {
      signal.removeEventListener('abort', stop);
      transport.close();
    }
  };
}

/** The mail of a notification. A second try has the same Message-ID, by which mailboxes know it again. */
function mailOf({ id, payload }: Message, from: string) {
  const { subject, findings, rest } = sayNotification(payload);
  const paragraphs = [
    subject,
    ...findings.map(({ head, lines }) => [head, ...lines.map((line) => `  ${line}`)].join('\n')),
    rest.join('\n'),
  ];
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'safeguard.invalid';
  return {
    subject: subject.length > 150 ? `${subject.slice(0, 149)}…` : subject,
    text: `${paragraphs.filter((text) => text !== '').join('\n\n')}\n`,
    messageId: `<${id}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
