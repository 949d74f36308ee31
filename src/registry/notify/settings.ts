import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isThisMachine } from '../../facts/outgoing/address.ts';
import { signingKeys } from '../standard-webhooks.ts';
import { mailSender } from './email.ts';
import { NotifySettingsError } from './error.ts';
import { slackSender } from './slack.ts';
import type { Target } from './target.ts';
import { webhookSender } from './webhook.ts';

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'expected lower-case letters, digits, "." and "-"')
  .describe('What status, log and `safeguard notify test --target` call it.');
const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable')
  .optional();
const file = z.string().min(1).optional();
const mail = z
  .string()
  .regex(/^[^\s@<>]+@[^\s@<>]+$|^[^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>$/, 'expected an e-mail address');

/** One `[[notify]]` of the configuration. */
export const notifySection = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('webhook').describe('webhook, slack or email.'),
    name,
    url: z.url({ protocol: /^https?$/ }).describe('Where the notification is posted.'),
    'secret-env': variable.describe('Environment variable with the secret, whsec_ followed by base64.'),
    'secret-file': file.describe('File with the secret.'),
  }),
  z.strictObject({
    kind: z.literal('slack'),
    name,
    'url-env': variable.describe(
      "Environment variable with the incoming webhook's address, which is a secret.",
    ),
    'url-file': file.describe('File with that address.'),
  }),
  z.strictObject({
    kind: z.literal('email'),
    name,
    host: z.string().min(1).describe('The mail server.'),
    port: z.int().min(1).max(65535).optional().describe('587; 465 with tls = "tls"; 25 with "none".'),
    tls: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('starttls: encrypted, or not sent at all. tls: encrypted from the start.'),
    user: z.string().min(1).optional().describe('Who signs in there; absent: nobody does.'),
    'password-env': variable.describe('Environment variable with the password.'),
    'password-file': file.describe('File with the password.'),
    from: mail.describe('Whom the mails come from.'),
    to: z.array(mail).min(1).describe('Who gets them.'),
  }),
]);

export type NotifySection = z.output<typeof notifySection>;

/**
 * Those who are told, with their secrets read. Throws `NotifySettingsError` where a secret is missing or none, an address
 * cannot be used, or a name is given twice.
 */
export async function resolveTargets(
  sections: readonly NotifySection[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<ReadonlyMap<string, Target>> {
  const targets = new Map<string, Target>();
  for (const section of sections) {
    if (targets.has(section.name)) {
      const message = `two [[notify]] are named "${section.name}"; give each its own name`;
      throw new NotifySettingsError('notify/name-taken', message);
    }
    targets.set(section.name, await resolve(section, env));
  }
  return targets;
}

async function resolve(
  section: NotifySection,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Target> {
  const { name, kind } = section;
  const secret = (key: string, from: SecretSource) => readSecret(name, key, from, env);
  switch (section.kind) {
    case 'webhook': {
      const from = { env: section['secret-env'], file: section['secret-file'] };
      const text = await secret('secret', from);
      const keys = signingKeys(text);
      if (keys === undefined || keys.some((key) => key.length < 24)) {
        const message = `The secret of [[notify]] "${name}" is not whsec_ followed by at least 24 bytes in base64.`;
        throw new NotifySettingsError('notify/secret-unusable', message);
      }
      const url = addressOf(name, section.url);
      return { name, kind, where: url.host, secrets: text.split(/\s+/), send: webhookSender(url, keys) };
    }
    case 'slack': {
      const text = await secret('url', { env: section['url-env'], file: section['url-file'] });
      const url = addressOf(name, text);
      return {
        name,
        kind,
        where: url.host,
        secrets: [text, ...(url.pathname.length > 8 ? [url.pathname] : [])],
        send: slackSender(url),
      };
    }
    case 'email': {
      const { host, tls, user, from, to } = section;
      const source = { env: section['password-env'], file: section['password-file'] };
      const pass = user === undefined ? undefined : await secret('password', source);
      if (pass !== undefined && tls === 'none' && !isThisMachine(host)) {
        const message = `[[notify]] "${name}" would send its password to ${host} unencrypted; use starttls or tls.`;
        throw new NotifySettingsError('notify/bad-address', message);
      }
      const port = section.port ?? { starttls: 587, tls: 465, none: 25 }[tls];
      const auth = user === undefined || pass === undefined ? undefined : { user, pass };
      const send = mailSender({ host, port, tls, auth, from, to });
      return {
        name,
        kind,
        where: `${to.join(', ')} by ${host}`,
        secrets: pass === undefined ? [] : [pass],
        send,
      };
    }
  }
}

interface SecretSource {
  readonly env: string | undefined;
  readonly file: string | undefined;
}

async function readSecret(
  name: string,
  key: string,
  source: SecretSource,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const unset = (why: string) =>
    new NotifySettingsError('notify/secret-unset', `[[notify]] "${name}" ${why}`);
  if ((source.env === undefined) === (source.file === undefined)) {
    throw unset(`needs its ${key}: give one of ${key}-env and ${key}-file.`);
  }
  if (source.env !== undefined) {
    const text = (env[source.env] ?? '').trim();
    if (text === '')
      throw unset(`takes its ${key} from the environment variable ${source.env}, which is not set.`);
    return text;
  }
  const text = await readFile(source.file ?? '', 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unset(`takes its ${key} from ${source.file}, which cannot be read: ${error.code ?? 'it failed'}.`);
  });
  if (text.trim() === '') throw unset(`takes its ${key} from ${source.file}, which is empty.`);
  return text.trim();
}

/** Names nothing of the text: it may be a secret. */
function addressOf(name: string, text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '')
    return url;
  const message = `The address of [[notify]] "${name}" is no http or https address without a password in it.`;
  throw new NotifySettingsError('notify/bad-address', message);
}
