/** A text area turns every line end into LF. What was not edited keeps the line ends that it had. */

const LINE_END = /\r\n|\r|\n/g

/** As a text area shows it. */
export const withPlainLineEnds = (text: string): string => text.replaceAll(LINE_END, '\n')

/**
 * `edited`, which has LF only, with the line ends of `before`: lines at the beginning and at the end that are the same
 * keep theirs, those between get the first one of `before`.
 */
export function withLineEndsOf(before: string, edited: string): string {
  const ends = before.match(LINE_END) ?? []
  const usual = ends[0] ?? '\n'
  const old = before.split(LINE_END)
  const lines = edited.split('\n')
  const shortest = Math.min(old.length, lines.length)
  let head = 0
  while (head < shortest && old[head] === lines[head]) head++
  let tail = 0
  while (tail < shortest - head && old.at(-1 - tail) === lines.at(-1 - tail)) tail++
  const joined = lines
    .map((line, index) => {
      if (index === lines.length - 1) return line
      const fromEnd = lines.length - index
      if (index < head) return line + (ends[index] ?? usual)
      return line + (fromEnd <= tail ? (ends[old.length - fromEnd] ?? usual) : usual)
    })
    .join('')
  // A CR that was kept before an LF that was kept is one line end.
  return withPlainLineEnds(joined) === edited ? joined : edited.replaceAll('\n', usual)
}
