import type { Outputs } from '@keyferry/client'
import { planReasonText } from '@keyferry/schemas'
import type { Terminal } from './terminal.ts'

export type Plan = Outputs['syncs']['plan']
export type Sync = Outputs['syncs']['get']
type Change = Plan['changes'][number]

/** `+` is created, `~` overwritten, `-` deleted, `!` can't be stored at the destination. Unchanged keys are counted. */
const MARKS = new Map<Change['action'], { mark: string; style: 'green' | 'yellow' | 'red' | 'magenta' }>([
  ['create', { mark: '+', style: 'green' }],
  ['update', { mark: '~', style: 'yellow' }],
  ['delete', { mark: '-', style: 'red' }],
  ['reject', { mark: '!', style: 'magenta' }],
])

/** How many keys a run would change at the destination. */
export const changesOf = ({ summary }: Plan): number => summary.create + summary.update + summary.delete

/** What a run would do, for a person to read before it does. */
export function printPlan(terminal: Terminal, sync: Sync, plan: Plan): void {
  terminal.line(`${sync.name} -> ${sync.destination} (${sync.targetLabel})`, 'bold')
  const shown = plan.changes.filter(({ action }) => MARKS.has(action))
  const width = Math.max(0, ...shown.map(({ key }) => key.length))
  for (const { key, action, reason, takesOver } of shown) {
    const { mark, style } = MARKS.get(action) ?? { mark: ' ', style: 'yellow' }
    terminal.line(
      `  ${mark} ${key.padEnd(width)}  ${planReasonText(reason)}${takesOver ? ' (not written by this sync)' : ''}`,
      style,
    )
  }
  const { summary, fuse } = plan
  const rest = [
    summary.keep > 0 ? `${summary.keep} unchanged` : '',
    summary.foreign > 0 ? `${summary.foreign} not ours` : '',
    summary.reject > 0 ? `${summary.reject} can't be stored at the destination` : '',
  ].filter(Boolean)
  if (shown.length > 0) terminal.line()
  terminal.line(
    changesOf(plan) === 0
      ? `No changes.${rest.length > 0 ? ` ${rest.join(', ')}.` : ''}`
      : `Plan: ${[`${summary.create} to create`, `${summary.update} to update`, `${summary.delete} to delete`, ...rest].join(', ')}.`,
  )
  if (fuse !== null) terminal.line(`Needs an approval: ${fuse}`, 'red')
}
