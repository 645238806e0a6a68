import type { IdentityQuestion, SheetHost } from '../identity-sheets.tsx';
import { EraseSheet } from './erase-sheet.tsx';
import { LinkSheet } from './link-sheet.tsx';
import { MergeSheet } from './merge-sheet.tsx';
import { SplitSheet } from './split-sheet.tsx';
import { UnlinkSheet } from './unlink-sheet.tsx';
export interface ChangeSheetsProps {
  readonly question: IdentityQuestion;
  readonly host: SheetHost;
}

/** The sheet for a question. */
export default function ChangeSheets({ question, host }: ChangeSheetsProps) {
  switch (question.kind) {
    case 'merge':
      return <MergeSheet ids={question.ids} host={host} />;
    case 'split':
      return <SplitSheet identifiers={question.identifiers} host={host} />;
    case 'unlink':
      return <UnlinkSheet identifiers={question.identifiers} host={host} />;
    case 'link':
      return <LinkSheet host={host} />;
    case 'erase':
      return <EraseSheet host={host} />;
  }
}
