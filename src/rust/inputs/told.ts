import { redirectsIn } from '../capability/directives.ts';
import { directiveIn } from '../capability/literals.ts';
import { linesOf } from './lines.ts';
import type { Said } from './said.ts';

/**
 * What a file tells cargo, if a build script prints it, or runs it and hands on what it says (The Cargo Book, "Outputs of the Build
 * Script"): the directives that begin in its lines, whatever stands before them.
 */
export function toldBy(text: string): readonly Said[] {
  if (!text.includes('cargo:')) return [];
  return linesOf(text).flatMap(({ line, text: own }) => {
    const from = own.indexOf('cargo:');
    if (from === -1 || /^\s*(?:#|\/\/)/.test(own)) return [];
    const told = own.slice(from).replace(/["'`]\s*[;,)]*\s*$/, '');
    const directive = directiveIn(told);
    if (directive === undefined || directive.kind === 'metadata') return [];
    return [directive, ...redirectsIn(told)].map(({ kind, name = '' }) => ({
      kind,
      name: name.slice(0, 120),
      confidence: 'likely' as const,
      line,
    }));
  });
}
