import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { styleText } from 'node:util'
import { Failure } from '../failure.ts'
import { printable, printableLines } from './printable.ts'
import { table } from './table.ts'
import { utf8 } from './utf8.ts'

type Style = Parameters<typeof styleText>[0]

type Out = Writable & { isTTY?: boolean; columns?: number }

interface Streams {
  stdin: Readable & { isTTY?: boolean }
  stdout: Out
  stderr: Out
}

/**
 * What a command writes to and asks. Results go to stdout, everything said beside them to stderr. Names and messages
 * come from servers that may be hostile: everything but `exactly` into a pipe is written as `printable` text.
 */
export interface Terminal {
  /** One line of the result; in colour on a terminal, unless `NO_COLOR` says no. */
  line(text?: string, style?: Style): void
  /** Lines of the result in columns. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void
  /** These bytes of the result, exactly so unless stdout is a terminal. */
  exactly(text: string): void
  json(value: unknown): void
  /** A line beside the result. */
  note(text: string): void
  /** Replaces itself, on a terminal only. An empty text clears it. */
  progress(text: string): void
  /** Both ends are a terminal, so a person can be asked. */
  interactive: boolean
  stdoutIsTerminal: boolean
  /** Throws `Failure` without a terminal; `remedy` says what to pass instead. */
  ask(question: string, remedy: string, hidden?: boolean): Promise<string>
  /** All of stdin. Throws `Failure` for bytes that are not UTF-8. */
  input(): Promise<string>
}

/** A terminal over the three streams of a process. */
export function terminalOf({ stdin, stdout, stderr }: Streams): Terminal {
  const interactive = stdin.isTTY === true && stderr.isTTY === true
  let shown = false
  const clear = (): void => {
    if (shown) stderr.write('\r\u001B[K')
    shown = false
  }
  const line = (text = '', style?: Style): void => {
    const shownText = printable(text)
    stdout.write(`${style === undefined ? shownText : styleText(style, shownText, { stream: stdout })}\n`)
  }
  return {
    line,
    table(head, rows) {
      for (const row of table(head, rows)) line(row)
    },
    exactly: (text) => void stdout.write(stdout.isTTY ? printableLines(text) : text),
    json: (value) => void stdout.write(`${jsonText(value)}\n`),
    note(text) {
      clear()
      stderr.write(`${printable(text)}\n`)
    },
    progress(text) {
      if (!stderr.isTTY) return
      clear()
      if (text === '') return
      stderr.write(printable(text).slice(0, (stderr.columns || 80) - 1))
      shown = true
    },
    interactive,
    stdoutIsTerminal: stdout.isTTY === true,
    async ask(question, remedy, hidden = false) {
      if (!interactive) throw new Failure(`There is no terminal to ask "${question}"`, remedy)
      clear()
      // readline echoes what is typed to its output; a hidden answer is not echoed.
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
      const lines = createInterface({ input: stdin, output: hidden ? nowhere : stderr, terminal: true })
      try {
        const shownQuestion = printable(question)
        if (hidden) stderr.write(`${shownQuestion} `)
        return await lines.question(hidden ? '' : `${shownQuestion} `)
      } finally {
        lines.close()
        if (hidden) stderr.write('\n')
      }
    },
    async input() {
      const chunks: Buffer[] = []
      for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array))
      return utf8(Buffer.concat(chunks), 'stdin')
    },
  }
}

/** For people and programs: indented, and with every invisible character escaped. */
export const jsonText = (value: unknown): string => printableLines(JSON.stringify(value, null, 2))

/** Asks before something is changed, unless `--yes` said so already. */
export async function confirm(terminal: Terminal, yes: boolean | undefined, question: string): Promise<void> {
  if (yes) return
  const answer = await terminal.ask(`${question} [y/N]`, 'Pass --yes to go ahead without being asked.')
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('Stopped; nothing was changed')
}

/** Typed unseen, or from stdin without its final newline: what stands in a command line is seen by every process. */
export async function askHidden(terminal: Terminal, question: string): Promise<string> {
  const text = terminal.interactive
    ? await terminal.ask(question, '', true)
    : (await terminal.input()).replace(/\r?\n$/, '')
  if (text === '') throw new Failure(`${question.slice(0, -1)} must not be empty`)
  return text
}
