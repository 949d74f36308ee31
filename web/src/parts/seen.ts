import { type RefObject, useEffect, useState } from 'react';

/** Milliseconds that something stays in view before it counts: what is only scrolled past does not. */
const stay = 300;

/** Whether an element has been in view for a while; it stays so. */
export function useSeen(element: RefObject<Element | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (seen || current === null) return;
    let wait: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver(([entry]) => {
      clearTimeout(wait);
      if (entry?.isIntersecting === true) wait = setTimeout(() => setSeen(true), stay);
    });
    observer.observe(current);
    return () => {
      clearTimeout(wait);
      observer.disconnect();
    };
  }, [element, seen]);
  return seen;
}
