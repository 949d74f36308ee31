import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { allowListPath, printAllowList } from '../../policy/allow-list.ts';
import { askSafeguard } from './ask.ts';
import { attack, inTheMiddle } from './attack.ts';
import type { Chapter, Line } from './chapter.ts';
import type { DemoStage } from './stage.ts';

/** What of a review is told. */
const reviewSchema = z.object({
  tier: z.string(),
  summary: z.string(),
  verdict: z.string(),
  capabilities: z.array(
    z.object({
      kind: z.string(),
      name: z.string().optional(),
      file: z.string(),
      line: z.number(),
      code: z.string(),
    }),
  ),
  findings: z.array(z.object({ effect: z.string(), message: z.string() })),
});

/** Has the new crate reviewed by a developer who has neither mirror nor gate, in a project that keeps a list of approvals. */
export async function reviewChapter(stage: DemoStage): Promise<Chapter> {
  for (const event of attack.filter(({ at }) => at < inTheMiddle)) await event.apply(stage.registry);
  await stage.turnTo(inTheMiddle);
  const project = join(stage.folder, 'project');
  await mkdir(join(project, 'safeguard'), { recursive: true });
  await writeFile(join(project, allowListPath), printAllowList([]));
  await writeFile(join(project, 'Cargo.lock'), 'version = 4\n');
  const args = ['review', 'proc-macro1@1.0.107', '--upstream', stage.registry.index];
  const review = await askSafeguard(args, project, stage, reviewSchema);
  const at = inTheMiddle;
  const lines: Line[] = [
    {
      at,
      kind: 'attack',
      text: 'A developer is about to take arrayref 0.3.10, and with it proc-macro1 1.0.107.',
    },
    { at, kind: 'safeguard', text: `safeguard review proc-macro1@1.0.107 says: ${review.tier}.` },
    { kind: 'reason', text: review.summary },
  ];
  for (const { kind, name, file, line, code } of review.capabilities.filter(({ kind }) =>
    telling.has(kind),
  )) {
    lines.push({
      kind: 'reason',
      text: `${kind}${name === undefined ? '' : ` \`${name}\``} at ${file}:${line}`,
    });
    lines.push({ kind: 'code', text: `  ${code}` });
  }
  for (const { effect, message } of review.findings)
    lines.push({ at, kind: 'safeguard', text: `${effect}: ${message}` });
  return {
    title: 'The review',
    alone:
      'There is neither mirror nor gate, but a list of what may run at build time. Nothing is compiled: the source is read.',
    lines,
    stopped: review.verdict !== 'allow',
  };
}

/** What a person would stop at. */
const telling: ReadonlySet<string> = new Set([
  'process',
  'shell',
  'network',
  'downloader',
  'writes',
  'temp',
  'makes-executable',
]);
