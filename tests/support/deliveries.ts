/** Webhook deliveries as the registries send them, signed with the secrets of the test. */
import { createHmac } from 'node:crypto';
import { get, type HttpResponse } from './http.ts';

export type Delivery = {
  readonly source: 'kellnr' | 'cloudsmith' | 'artifactory';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

const secrets = {
  KELLNR: `whsec_${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}`,
  CLOUDSMITH: 'a long random text of cloudsmith',
  ARTIFACTORY: 'a long random text of artifactory',
};

/** server.toml with a section for each source, all about the upstream `second`. */
export const eventConfig = ['kellnr', 'cloudsmith', 'artifactory']
  .map((name) => `[events.${name}]\nupstream = "second"\nsecret-env = "${name.toUpperCase()}"\n`)
  .join('\n');

/** What the environment has to hold for `eventConfig`. */
export const eventEnv: Readonly<Record<string, string>> = secrets;

export function kellnr(
  type: 'crate_add' | 'crate_update' | 'crate_yank' | 'crate_unyank',
  crate: string,
  version: string,
  at: number,
  id = `msg_${type}_${crate}_${version}`,
): Delivery {
  const timestamp = new Date(at).toISOString();
  const body = json({ type, timestamp, data: { crate_name: crate.toLowerCase(), crate_version: version } });
  const seconds = String(Math.floor(at / 1000));
  const key = Buffer.from(secrets.KELLNR.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64');
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${signature}`,
    'content-type': 'application/json',
  };
  return { source: 'kellnr', headers, body };
}

export function cloudsmith(
  event: string,
  crate: string,
  version: string,
  at: number,
  trigger = `trigger_${event}_${version}`,
): Delivery {
  const time = new Date(at).toISOString();
  const body = json([
    {
      data: { name: crate, version, format: 'cargo', namespace: 'acme', repository: 'crates' },
      meta: { event_id: event, trigger_id: trigger, event_at: time, attempt_at: time },
    },
  ]);
  const signature = `sha1=${createHmac('sha1', secrets.CLOUDSMITH).update(body).digest('hex')}`;
  const headers = { 'x-cloudsmith-signature': signature, 'content-type': 'application/json' };
  return { source: 'cloudsmith', headers, body };
}

export function artifactory(event: string, crate: string, version: string): Delivery {
  const name = `${crate}-${version}.crate`;
  const body = json({
    domain: 'artifact',
    event_type: event,
    data: { repo_key: 'cargo-local', path: `crates/${crate}/${name}`, name, size: 1 },
  });
  const signature = createHmac('sha256', secrets.ARTIFACTORY).update(body).digest('hex');
  const headers = { 'x-jfrog-event-auth': signature, 'content-type': 'application/json' };
  return { source: 'artifactory', headers, body };
}

export function send(mirrorUrl: string, delivery: Delivery): Promise<HttpResponse> {
  const { source, headers, body } = delivery;
  return get(`${mirrorUrl}/events/${source}`, { method: 'POST', headers, body });
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
