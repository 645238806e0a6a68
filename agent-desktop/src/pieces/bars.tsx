/** What stands where something is loading: bars in the shape of what comes. */
export function Bars({ count = 3 }: { readonly count?: number }) {
  return (
    <div className="bars" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are alike and never change places
        <i key={index} className={`bar-${(index * 2 + 1) % 5}`} />
      ))}
    </div>
  );
}
