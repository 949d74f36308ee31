import type { Rule } from '../rule.ts';
import { age } from './age.ts';
import { blocklist } from './blocklist.ts';
import { integrity } from './integrity.ts';
import { yankBurst } from './yank-burst.ts';

/** Every rule, by id. A new rule is a file beside this one and a line here. */
export const rules: readonly Rule[] = [age, blocklist, integrity, yankBurst];
