import { z } from 'zod';

/** The origin of web pages: a scheme and a host, as browsers send it. */
export const webOrigin = z
  .url({ protocol: /^https?$/ })
  .refine((url) => new URL(url).origin === url, 'expected an origin such as https://shop.example, without a path');
