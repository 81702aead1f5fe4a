import { useState } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { z } from 'zod'
import { TextAreaField } from '../ui/field.tsx'
import { words } from '../words.ts'

interface Props {
  name: string
  label: string
  help?: string
  error: string | undefined
  optional: boolean
  placeholder?: string
  /** A list of texts, or of `{ key, value }` written as `key=value`. */
  kind: 'list' | 'pairs'
}

const texts = z.array(z.union([z.string(), z.number()]))
const pairs = z.array(z.object({ key: z.string(), value: z.string() }))

/** Several values, one on each line. */
export function LinesField({ name, kind, help, ...shared }: Props) {
  const { control } = useFormContext()
  const { field } = useController({ control, name })
  const [text, setText] = useState(() => linesOf(field.value))
  return (
    <TextAreaField
      {...shared}
      help={[help, kind === 'list' ? words.linesField.onePerLine : words.linesField.pairPerLine]
        .filter(Boolean)
        .join(' ')}
      rows={3}
      spellCheck={false}
      value={text}
      onBlur={field.onBlur}
      onChange={({ target }) => {
        setText(target.value)
        field.onChange(kind === 'list' ? lines(target.value) : lines(target.value).map(pairOf))
      }}
    />
  )
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

function pairOf(line: string): { key: string; value: string } {
  const at = line.indexOf('=')
  return at === -1 ? { key: line, value: '' } : { key: line.slice(0, at).trim(), value: line.slice(at + 1).trim() }
}

function linesOf(value: unknown): string {
  const listed = texts.safeParse(value)
  if (listed.success) return listed.data.join('\n')
  const paired = pairs.safeParse(value)
  return paired.success ? paired.data.map((one) => `${one.key}=${one.value}`).join('\n') : ''
}
