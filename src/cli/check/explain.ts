import { join, relative } from 'node:path';
import type { GateFinding, GateVerdict } from '../../gate/change.ts';
import { sayLimits } from '../../gate/report/plain.ts';
import { printable } from '../../gate/report/printable.ts';
import { loadLayers, type Policy, type PolicyLayers } from '../../policy/policy.ts';
import { rules } from '../../policy/rules/index.ts';
import { describeSettings, writtenValue } from '../../policy/schema.ts';
import { CliError } from '../shared/error.ts';

/** What is behind the findings of a rule: what it is for, what it goes by, what would change it. */
export function explainRule(
  id: string,
  { changes, debt }: GateVerdict,
  layers: PolicyLayers,
  folder: string,
): readonly string[] {
  const policy = loadLayers(layers);
  const rule = rules.find((one) => one.id === id);
  const own = policy.custom.find(({ definition }) => definition.id === id)?.definition;
  if (rule === undefined && own === undefined) {
    throw new CliError('cli/usage', `there is no rule \`${id}\``, {
      next: `The rules are ${rules.map((one) => one.id).join(', ')}.`,
    });
  }
  const findings = [...changes.flatMap((change) => change.findings), ...debt].filter(
    (one) => one.rule === id,
  );
  const doc = rule?.doc ?? `A rule of the policy’s own: ${own?.effect} when ${own?.when.trim()}.`;
  return [
    `${id}: ${printable(doc)}`,
    '',
    'What it goes by:',
    ...settingsOf(rule?.section, policy),
    ...(findings.length === 0 ? ['', 'It found nothing here.'] : []),
    ...findings.flatMap((finding) => ['', ...findingLines(finding, rule?.waivable ?? true, folder)]),
  ];
}

function settingsOf(section: string | undefined, policy: Policy): readonly string[] {
  const lines = describeSettings()
    .filter((setting) => setting.section === section)
    .map((setting) => {
      const { key } = setting;
      const origin = policy.origins.get(`${section}.${key}`);
      const place = origin?.file === undefined ? '' : `, ${origin.file}:${origin.line}`;
      const value = writtenValue(setting, origin);
      return printable(
        `  [${section}] ${key} = ${JSON.stringify(value) ?? 'not set'} (${origin?.layer ?? 'default'}${place})`,
      );
    });
  return lines.length === 0 ? ['  it has no settings'] : lines;
}

function findingLines(finding: GateFinding, isWaivable: boolean, folder: string): readonly string[] {
  const { crate, version, effect, message, evidence, next } = finding;
  const values = Object.entries(evidence.values ?? {}).map(([name, value]) => `  ${name}: ${value}`);
  const place = evidence.file === undefined ? '' : ` (${evidence.file}:${evidence.line ?? 1})`;
  return [
    printable(`${crate} ${version ?? ''}: ${effect}${place}`),
    printable(`  ${message}${sayLimits(finding)}`),
    ...[...values, ...(evidence.url === undefined ? [] : [`  ${evidence.url}`])].map(printable),
    printable(`  What would change it: ${next}`),
    ...waysToAsk(finding, isWaivable, folder),
  ];
}

/** What to put where, so that a person can say yes. */
function waysToAsk(finding: GateFinding, isWaivable: boolean, folder: string): readonly string[] {
  const { rule, crate, version, evidence } = finding;
  if (!isWaivable) return [`  No waiver excepts it.${otherWay(finding)}`].map(printable);
  const file = relative(process.cwd(), join(folder, 'safeguard.toml'));
  return [
    `  To ask for an exception, add this to ${file} and have it reviewed and merged; it counts from then on:`,
    '    [[waiver]]',
    `    rule = ${JSON.stringify(rule)}`,
    `    crate = ${JSON.stringify(crate)}`,
    ...(version === undefined ? [] : [`    version = ${JSON.stringify(`=${version.replace(/\+.*$/, '')}`)}`]),
    ...(evidence.advisory === undefined ? [] : [`    advisory = ${JSON.stringify(evidence.advisory)}`]),
    '    reason = "…"',
    '    by = "…"',
    '    expires = "YYYY-MM-DD"',
  ].map(printable);
}

/** What people can do at the server about what no waiver excepts. */
function otherWay({ rule, crate, version }: GateFinding): string {
  const release = version === undefined ? crate : `${crate}@${version}`;
  switch (rule) {
    case 'age':
      return ` Where the organisation allows it, two people end a cool-down: safeguard quarantine break-glass ${release} --reason WHY`;
    case 'blocklist':
      return ` Whoever set a block lifts it: safeguard quarantine unblock ${crate} --reason WHY`;
    default:
      return '';
  }
}
