import { z } from 'zod';
import { effectSetting } from './effect-setting.ts';
import { buildTarget, targetTriple } from './names.ts';

/** `[gate]`: how a change of a graph is looked at, whatever the rules say of it. */
export const gateSettings = z.strictObject({
  targets: z
    .array(buildTarget)
    .default([])
    .describe(
      'Target triples that the project is built for, or JSON files below its folder that describe one; none: those that cargo ' +
        'is configured for, else the machine that checks, and what CI builds for.',
    )
    .meta({ stricter: 'union' }),
  hosts: z
    .array(targetTriple)
    .default([])
    .describe(
      'Target triples of the machines that may build, for each of which build scripts, macros and what they need count; none: ' +
        'Linux, macOS and Windows, on x86-64 and ARM.',
    )
    .meta({ stricter: 'union' }),
  unused: effectSetting('warn').describe(
    'Waivers, exceptions, sources and approvals of the project that are about nothing in its lockfile.',
  ),
});

export type GateSettings = z.output<typeof gateSettings>;

/** The machines that may build. */
export function hostsOf({ hosts }: GateSettings): readonly string[] {
  return hosts.length > 0 ? hosts : usualHosts;
}

const usualHosts: readonly string[] = [
  'x86_64-unknown-linux-gnu',
  'aarch64-unknown-linux-gnu',
  'x86_64-apple-darwin',
  'aarch64-apple-darwin',
  'x86_64-pc-windows-msvc',
  'aarch64-pc-windows-msvc',
];
