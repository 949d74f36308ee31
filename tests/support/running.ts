import { readdirSync, readFileSync } from 'node:fs';

/** Whether a program whose path ends so is running with a variable, `NAME=value`; not its compiler, whose words have its name. */
export function isRunning(path: string, variable: string): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      if (!/^\d+$/.test(pid)) return false;
      const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return program.endsWith(path) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(variable);
    } catch {
      return false;
    }
  });
}
