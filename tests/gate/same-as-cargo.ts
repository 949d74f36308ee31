import assert from 'node:assert/strict';
import type { Answer } from '../support/unit-graph.ts';
import { ours, type ReadyProject, type Run } from './project.ts';

/**
 * Asserts that we say what cargo says: the same set, or that it refuses. Where we say that it takes what is not locked, it
 * must not do without. Returns cargo's answer.
 */
export async function assertSameAsCargo(project: ReadyProject, run: Run): Promise<Answer> {
  const theirs: Answer =
    project.refused === undefined ? await project.cargo(run) : { kind: 'refused', message: project.refused };
  const answer = await ours(project, run);
  const where = JSON.stringify(run);
  if (answer.unlocked !== undefined) {
    const without = await project.cargoWithout(answer.unlocked, run);
    assert.equal(without.kind, 'refused', `${where}\ncargo builds without ${answer.unlocked}`);
    return theirs;
  }
  if (theirs.kind === 'refused' || answer.kind === 'refused') {
    const [cargo, own] = [theirs, answer].map((each) =>
      each.kind === 'refused' ? each.message : 'it builds',
    );
    assert.equal(answer.kind, theirs.kind, `${where}\ncargo: ${cargo}\nours: ${own}`);
  } else {
    assert.deepEqual(answer, theirs, where);
  }
  return theirs;
}
