import { Failure } from './failure.ts'

/**
 * `export NAME='value'` lines for a POSIX shell: `eval "$(…)"` sets exactly these values and runs nothing. Throws `Failure` naming the keys
 * that are no names of shell variables, or whose values hold U+0000.
 */
export function toShell(entries: ReadonlyMap<string, string>): string {
  const refused = [...entries].filter(([key, value]) => !/^[A-Za-z_]\w*$/.test(key) || value.includes('\0'))
  if (refused.length > 0)
    throw new Failure(`A shell cannot hold ${refused.map(([key]) => key).join(', ')}`, 'Use --format json.')
  return [...entries].map(([key, value]) => `export ${key}='${value.replaceAll("'", `'\\''`)}'\n`).join('')
}
