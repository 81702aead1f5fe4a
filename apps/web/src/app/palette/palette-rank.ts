/**
 * How well an entry of the palette matches what was typed, from 0 (not at all) to 1. Each typed word must occur; the
 * name itself counts most, then a word that begins with it.
 */
export function rank(value: string, search: string): number {
  const text = value.toLowerCase()
  const words = search.toLowerCase().trim().split(/\s+/)
  if (!words.every((word) => text.includes(word))) return 0
  const [first = ''] = words
  const name = text.split(' ', 1)[0] ?? ''
  if (name === first) return 1
  if (name.startsWith(first)) return 0.9
  if (name.includes(first)) return 0.8
  return text.split(/[\s:/_.-]+/).some((word) => word.startsWith(first)) ? 0.6 : 0.3
}
