import { useText } from '../text/text.tsx';
import './sparkline.css';

const [WIDTH, HEIGHT] = [64, 14];

/** How busy the last days were, as a small line that ends today. */
export function Sparkline({ days }: { readonly days: readonly number[] }) {
  const { t } = useText();
  const most = Math.max(...days, 1);
  const points = days.map((count, index) => [
    1 + (index / Math.max(1, days.length - 1)) * (WIDTH - 4),
    HEIGHT - 2 - (count / most) * (HEIGHT - 4),
  ]);
  const [x, y] = points.at(-1) ?? [0, 0];
  const label = t('{count, plural, one {# interaction} other {# interactions}} in {days} days, most on one day: {most}', {
    count: days.reduce((sum, count) => sum + count, 0),
    days: days.length,
    most: Math.max(...days, 0),
  });
  return (
    <svg className="journey-sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <title>{label}</title>
      <polyline points={points.map((point) => point.map((value) => value.toFixed(1)).join(',')).join(' ')} />
      <circle cx={x} cy={y} r="1.75" />
    </svg>
  );
}
