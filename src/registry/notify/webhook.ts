import { webhookSignature } from '../standard-webhooks.ts';
import { postJson } from './post.ts';
import type { Target } from './target.ts';

/** Posts the notification as it is, signed as Standard Webhooks say; by each key, while one replaces another. */
export function webhookSender(url: URL, keys: readonly Buffer[]): Target['send'] {
  return async ({ id, payload, now }, signal) => {
    const body = JSON.stringify(payload);
    const timestamp = String(Math.floor(now / 1000));
    const signatures = keys.map((key) => `v1,${webhookSignature(key, id, timestamp, body)}`);
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    };
    await postJson(url, body, headers, signal);
  };
}
