import { hmac } from './events/signature.ts';

// Standard Webhooks by Node's own HMAC. The `standardwebhooks` library is the oracle in the tests, not used here: it
// reads the clock itself, and it signs the body as decoded text, in which all invalid bytes look alike.

/** Fewer bytes than Standard Webhooks and Kellnr take: what is no secret by its form is not taken for one then. */
const leastBare = 24;

/**
 * The keys that base64 stands for, with or without `whsec_` before it, separated by spaces; nothing when one is no such
 * thing.
 */
export function signingKeys(secret: string): readonly Buffer[] | undefined {
  const form = /^(whsec_)?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?)$/;
  const keys = secret.split(/\s+/).map((each) => {
    const [, prefix, text = ''] = form.exec(each) ?? [];
    const key = Buffer.from(text, 'base64');
    return prefix === undefined && key.length < leastBare ? Buffer.alloc(0) : key;
  });
  return keys.every((key) => key.length > 0) ? keys : undefined;
}

/** The signature of a delivery, without the `v1,` before it. `timestamp` is in Unix seconds, as its header has it. */
export function webhookSignature(key: Buffer, id: string, timestamp: string, body: Buffer | string): string {
  return hmac('sha256', key, `${id}.${timestamp}.`, body).toString('base64');
}
