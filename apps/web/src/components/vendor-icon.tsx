/** A destination's own picture. As an image, so that nothing in it can run. */
export const VendorIcon = ({ svg, size = 20 }: { svg: string; size?: number }) => (
  <span
    className="inline-grid shrink-0 place-items-center rounded-md border border-line bg-white"
    style={{ width: size + 8, height: size + 8 }}
  >
    <img src={`data:image/svg+xml;utf8,${encodeURIComponent(svg)}`} alt="" width={size} height={size} />
  </span>
)
