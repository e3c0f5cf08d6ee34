import type { FC } from 'hono/jsx'

/** The dark modules of a QR code, as the path of an SVG, and the length of a side with its quiet zone. */
export type QrCode = { path: string; size: number }

/** The light margin that readers need, in modules. */
const quietZone = 4

/** Encodes a text. The library is loaded when it is first needed. */
export async function qrCodeOf(text: string): Promise<QrCode> {
  const { encode } = await import('uqr')
  const { data, size } = encode(text, { ecc: 'M', border: quietZone })
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return { path, size }
}

/** Dark on light, whatever the colours of the page are: not all readers know the opposite. */
export const QrImage: FC<{ code: QrCode; label: string }> = ({ code: { path, size }, label }) => (
  <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
    <rect width={size} height={size} fill="#fff" />
    <path d={path} fill="#000" />
  </svg>
)
