import { bounded, type CodeReview } from '../code-review.ts';
import { shapesOf } from '../digest.ts';
import type { ModuleTree } from '../module.ts';
import type { PackageSource } from '../package-source.ts';
import { inputsOf } from './inputs.ts';
import type { FoundInCode } from './power.ts';

/**
 * A review of code together with the files of its package that it can hand on; `tellsCargo` of a build script, whose
 * prints cargo reads.
 */
export function withInputs(
  found: FoundInCode,
  trees: readonly ModuleTree[],
  { all }: Pick<PackageSource, 'all'>,
  { tokens }: Pick<CodeReview, 'tokens'>,
  tellsCargo = false,
): CodeReview {
  const inputs = inputsOf(trees, found, all, tellsCargo);
  const capabilities = [...found.capabilities, ...inputs.capabilities];
  const opaque = [...found.opaque, ...inputs.opaque];
  const own = new Set(shapesOf(found.capabilities, found.opaque, found.helpers));
  const shapes = shapesOf(capabilities, opaque, found.helpers);
  return bounded({
    capabilities,
    opaque,
    helpers: found.helpers,
    shapes,
    tokens,
    inputs: {
      get digest() {
        return inputs.digest;
      },
      files: inputs.files,
      shapes: shapes.filter((shape) => !own.has(shape)),
    },
  });
}
