import { type ReactNode, useId } from 'react';

export interface CardProps {
  readonly title: ReactNode;
  readonly count?: number | string;
  /** At the right of the title. */
  readonly end?: ReactNode;
  readonly className?: string;
  readonly children?: ReactNode;
}

/** One thing to look at or to do, with a heading that names it. */
export function Card({ title, count, end, className = '', children }: CardProps) {
  const id = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <header className="card-head">
        <h3 id={id}>
          {title}
          {count !== undefined && <span className="card-count number"> {count}</span>}
        </h3>
        {end && <span className="card-end">{end}</span>}
      </header>
      {children}
    </section>
  );
}
