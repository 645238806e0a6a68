/**
 * Options of an `LRUCache` that holds so many entries. Given its own option `max`, the cache makes arrays of that length at once:
 * 50,000 entries cost a gateway's start some milliseconds and a megabyte, also where few are ever used. So it counts sizes of one.
 */
export const entries = (most: number) => ({ maxSize: most, sizeCalculation: () => 1 });
