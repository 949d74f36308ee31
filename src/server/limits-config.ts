import { z } from 'zod';
import { transferLimits } from '../facts/transfer.ts';
import { durationSetting } from '../policy/duration.ts';

/** `[limits]` of `server.toml`. */
export const limitsConfig = z.strictObject({
  'transfer-rate': z
    .int()
    .min(1)
    .default(transferLimits.rate)
    .describe('Bytes a second that an upstream must send, on average over half a minute.'),
  'transfer-time': durationSetting('10m').describe('Time in which an upstream must have sent a whole file.'),
  unfollowed: durationSetting('15s').describe(
    'Time without word of what other replicas decided after which a replica serves nothing (PostgreSQL only).',
  ),
  late: durationSetting('2m').describe(
    'Time by which a loop may be late before an alarm is raised and /readyz says so.',
  ),
  'reading-time': durationSetting('1m').describe(
    'Time that the reading of one archive may take; the largest honest ones take two seconds.',
  ),
  'request-time': durationSetting('30s').describe('Time in which a client must have sent its whole request.'),
});
