import { ArrowLeft, ArrowRight } from 'lucide-react'
import { HiddenValue } from '../../components/hidden-value.tsx'
import { Badge, type Tone } from '../../components/ui/badge.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Td, Tr } from '../../components/ui/table.tsx'
import type { RowProps } from '../../components/virtual-rows.tsx'
import { readValue } from '../../lib/read-value.ts'
import { inFolder, useWhyNot } from '../../lib/rights.ts'
import type { Copying } from './copy-across.tsx'
import type { Difference } from './differences.ts'

interface Props extends RowProps {
  projectId: string
  left: string
  right: string
  difference: Difference
  onCopy: (copying: Copying) => void
}

export function CompareRow({ index, measure, projectId, left, right, difference, onCopy }: Props) {
  const { key, secretPath, state } = difference
  const whyNot = useWhyNot(projectId)
  const { word, tone } = wordOf(difference, left, right)
  const side = (environment: string, other: string) => {
    const absent = state === (environment === left ? 'only-right' : 'only-left')
    if (absent) return <span className="text-sm text-faint">Missing</span>
    const Arrow = environment === left ? ArrowRight : ArrowLeft
    return (
      <HiddenValue
        name={`${key} in ${environment}`}
        read={() => readValue({ projectId, environment, secretPath }, key)}
        actions={
          state !== 'same' && (
            <IconButton
              icon={Arrow}
              label={`Copy ${key} to ${other}`}
              denied={whyNot('secrets.write', inFolder({ projectId, environment: other, secretPath }))}
              onClick={() =>
                onCopy({ key, secretPath, from: environment, to: other, overwrites: state === 'different' })
              }
            />
          )
        }
      />
    )
  }
  return (
    <Tr ref={measure} data-index={index} aria-label={key}>
      <Td className="min-w-32">
        <span className="grid gap-0.5">
          <span className="font-mono text-sm font-medium break-all">{key}</span>
          {secretPath !== '/' && <span className="font-mono text-xs break-all text-soft">{secretPath}</span>}
          <span className="md:hidden">
            <Badge tone={tone}>{word}</Badge>
          </span>
        </span>
      </Td>
      <Td className="max-md:hidden">
        <Badge tone={tone}>{word}</Badge>
      </Td>
      <Td>{side(left, right)}</Td>
      <Td>{side(right, left)}</Td>
    </Tr>
  )
}

function wordOf({ state }: Difference, left: string, right: string): { word: string; tone: Tone } {
  switch (state) {
    case 'only-left':
      return { word: `Only in ${left}`, tone: 'accent' }
    case 'only-right':
      return { word: `Only in ${right}`, tone: 'accent' }
    case 'different':
      return { word: 'Different', tone: 'warn' }
    case 'same':
      return { word: 'Same', tone: 'good' }
  }
}
