import assert from 'node:assert/strict';
import type { ForeignBom, ForeignComponent } from '../../src/bom/read/foreign.ts';
import { FormFinder, piecesOf } from '../../src/bom/read/pieces.ts';

/** What a document says that is read `size` bytes at once, with how often it was gone through. */
export function inPieces(text: string, size: number): { readonly bom: ForeignBom; readonly passes: number } {
  const bytes = Buffer.from(text);
  const cut = (visit: (chunk: Buffer) => void) => {
    for (let at = 0; at < bytes.length; at += size) visit(Buffer.from(bytes.subarray(at, at + size)));
  };
  const components: ForeignComponent[] = [];
  const dependencies: [string, readonly string[]][] = [];
  let form = piecesOf(text.slice(0, 4096));
  if (form === 'unclear') {
    const finder = new FormFinder();
    cut((chunk) => finder.push(chunk));
    form = finder.form;
  }
  assert.ok(form !== undefined);
  const document = form.open({
    component: (each) => components.push(each),
    needs: (from, to) => dependencies.push([from, to]),
  });
  for (let pass = 1; ; pass++) {
    cut((chunk) => document.push(chunk));
    if (pass === document.passes)
      return { bom: { ...document.end(), components, dependencies: new Map(dependencies) }, passes: pass };
    document.again();
  }
}
