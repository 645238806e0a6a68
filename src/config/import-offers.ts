import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { whereOfKey } from '../model/position-of-key.ts';
import { EXPECTED_OFFER_NAME, OFFER_NAME, parseOffer } from '../offers/definition/define-offer.ts';
import type { OfferFile } from '../offers/definition/offer-file.ts';
import { type FileReading, importDefault, kindOf } from './import-module.ts';
import type { Problem } from './problem.ts';
import { isModule } from './project-part.ts';

/** Loads each file of the folder of offers, which need not exist. Problems are reported. */
export async function importOffers(folder: string, reading: FileReading): Promise<OfferFile[]> {
  const { shown, report } = reading;
  const kind = kindOf(folder);
  if (kind === 'file') report({ where: shown(folder), message: 'expected a folder of offers, received a file' });
  const offers = new Map<string, OfferFile>();
  for (const entry of kind === 'folder' ? readdirSync(folder).filter(isModule).sort() : []) {
    const path = join(folder, entry);
    const file = shown(path);
    const name = basename(entry, extname(entry));
    if (offers.has(name)) {
      report({ where: file, message: `expected one file for each offer, received another one for ${name}` });
      continue;
    }
    if (!OFFER_NAME.test(name)) {
      const expected = EXPECTED_OFFER_NAME.replace('expected', 'expected a file name of');
      report({ where: file, message: `${expected} before the extension, received ${JSON.stringify(name)}` });
    }
    const exported = await importDefault(path, reading, 'an offer is one file');
    const text = kindOf(path) === 'file' ? readFileSync(path, 'utf8') : '';
    offers.set(name, exported === undefined ? { name, file, text, offer: null } : readOffer({ name, file, text }, exported, report));
  }
  return [...offers.values()];
}

/** An offer from what its file exports. Each problem is reported with the position of its key. */
export function readOffer(
  { name, file, text }: Omit<OfferFile, 'offer'>,
  exported: unknown,
  report: (problem: Problem) => void,
): OfferFile {
  const offer = parseOffer(name, exported, ({ path, message }) => {
    report({ where: whereOfKey(file, text, path), message });
  });
  return { name, file, text, offer };
}
