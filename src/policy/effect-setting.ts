import { z } from 'zod';

/** What a policy can ask for where there is no end to wait for; `allow` says nothing at all. */
export type EffectSetting = 'allow' | 'warn' | 'review' | 'deny';

/** A setting that says how strictly to take something. */
export function effectSetting(defaultValue: EffectSetting) {
  return z.enum(['allow', 'warn', 'review', 'deny']).default(defaultValue).meta({ stricter: 'effect' });
}
