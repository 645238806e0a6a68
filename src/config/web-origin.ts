import { z } from 'zod';

/** The origin of web pages: a scheme and a host, as browsers send it. */
export const webOrigin = z.string().refine(isWebOrigin, 'expected an origin such as https://shop.example, without a path');

function isWebOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
