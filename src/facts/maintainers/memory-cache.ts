import { LRUCache } from 'lru-cache';
import type { AnswerCache, ApiAnswer } from './api.ts';

/** Answers kept in this process: enough for one server; replicas that share a budget of requests share a cache. */
export function memoryCache(max = 5_000): AnswerCache {
  const answers = new LRUCache<string, ApiAnswer>({ max });
  return {
    get: async (key) => answers.get(key),
    put: async (key, answer) => {
      answers.set(key, answer);
    },
  };
}
