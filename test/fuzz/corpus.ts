import { readdirSync, readFileSync } from 'node:fs';

/** A corpus: what tests mutate. Every counterexample that was found is a file in it, named after what it was. */
export type CorpusName =
  | 'answers'
  | 'bodies'
  | 'cookies'
  | 'documents'
  | 'evaluations'
  | 'frames'
  | 'messages'
  | 'requests'
  | 'tokens'
  | 'urls'
  | 'values';

/** The entries of a corpus, in the order of their names. A text file's last line break is not part of its entry. */
export function corpus(name: CorpusName): Buffer[] {
  const directory = new URL(`corpus/${name}/`, import.meta.url);
  return readdirSync(directory)
    .sort()
    .map((file) => {
      const bytes = readFileSync(new URL(file, directory));
      return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
    });
}
