import { homedir, userInfo } from 'node:os';

/**
 * The folder of whoever this is, by its whole path. An empty HOME, as services and containers have it, names none:
 * what belongs there would lie wherever this was started. Like Rust's `home_dir`, by which cargo goes.
 */
export function homeFolder(): string {
  try {
    return homedir() || userInfo().homedir;
  } catch {
    // No user of this machine has that number.
    return '/';
  }
}
