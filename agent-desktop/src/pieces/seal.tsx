export type Assurance = 'ANONYMOUS' | 'CLAIMED' | 'RECOGNIZED' | 'VERIFIED';

const STEPS: readonly Assurance[] = ['ANONYMOUS', 'CLAIMED', 'RECOGNIZED', 'VERIFIED'];
/** Four arcs of a circle of radius 20, with gaps between them. */
const ARC = '24.9 100.7';
const FIRST = -80.7;

export interface SealProps {
  readonly assurance: Assurance;
  /** Null for nobody known: then a question mark. */
  readonly name: string | null;
  readonly size?: 'normal' | 'small';
}

/** One arc for each step of assurance, around the initials. The words beside it say the same. */
export function Seal({ assurance, name, size = 'normal' }: SealProps) {
  const reached = STEPS.indexOf(assurance);
  return (
    <span className={`seal seal-${assurance.toLowerCase()} ${size === 'small' ? 'seal-small' : ''}`} aria-hidden="true">
      <svg viewBox="0 0 44 44" aria-hidden="true">
        {STEPS.map((step, index) => (
          <circle
            key={step}
            className={index <= reached ? 'seal-filled' : 'seal-rest'}
            cx="22"
            cy="22"
            r="20"
            strokeDasharray={ARC}
            transform={`rotate(${FIRST + 90 * index} 22 22)`}
          />
        ))}
      </svg>
      <span className="seal-initials">{initialsOf(name)}</span>
    </span>
  );
}

/** The first letters of the first and the last word; `?` without a name. */
export function initialsOf(name: string | null): string {
  const words = (name ?? '').trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('') || '?';
}
