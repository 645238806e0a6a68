import { useEffect, useState } from 'react';

/** The time, read again every so many milliseconds. */
export function useNow(every: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** True once something took longer than `delay` milliseconds, so that bars of loading do not flash. */
export function useIsSlow(isLoading: boolean, delay = 200): boolean {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    if (!isLoading) return setIsSlow(false);
    const timer = setTimeout(() => setIsSlow(true), delay);
    return () => clearTimeout(timer);
  }, [isLoading, delay]);
  return isLoading && isSlow;
}
