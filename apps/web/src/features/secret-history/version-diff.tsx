import { diffChars, diffLines } from 'diff'
import { words } from './words.ts'

/** What changed from one text to another: by lines where there are several, else by characters. */
export function VersionDiff({ before, after }: { before: string; after: string }) {
  if (before === after) return <p className="text-sm text-soft">{words.versionDiff.valuesSame}</p>
  const hasLines = /[\r\n]/.test(before + after)
  const parts = hasLines ? diffLines(before, after) : diffChars(before, after)
  return (
    <code
      aria-label={words.versionDiff.difference}
      className="block max-h-60 overflow-auto rounded-md bg-sunken p-2 font-mono text-sm break-all whitespace-pre-wrap"
    >
      {parts.map(({ value, added, removed }, index) => {
        if (added)
          return (
            <ins key={index} className="bg-good-tint text-good no-underline">
              {marked(value, '+', hasLines)}
            </ins>
          )
        if (removed)
          return (
            <del key={index} className="bg-bad-tint text-bad">
              {marked(value, '-', hasLines)}
            </del>
          )
        return <span key={index}>{marked(value, ' ', hasLines)}</span>
      })}
    </code>
  )
}

/** Lines with their sign in front, as in a patch: colours alone do not tell. */
const marked = (text: string, sign: string, hasLines: boolean): string =>
  hasLines ? text.replaceAll(/^(?!$)/gm, `${sign} `) : text
