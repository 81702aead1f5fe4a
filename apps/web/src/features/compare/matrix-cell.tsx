import { Forward, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Menu, MenuItem } from '../../components/ui/menu.tsx'
import { Td } from '../../components/ui/table.tsx'
import { cn } from '../../lib/cn.ts'
import type { FolderRef } from '../../lib/server/types.ts'
import { ValueCell } from '../secrets/values/value-cell.tsx'
import { words } from './words.ts'

/** A column, which is a line of each row on a phone, and begins with its name there. */
export interface Column {
  environment: string
  title: string
}

function Cell({ title, className, children }: { title: string; className?: string; children: ReactNode }) {
  return (
    <Td className={cn('py-0.5 max-sm:flex max-sm:min-h-9 max-sm:items-center max-sm:gap-2 sm:max-w-0', className)}>
      <span className="w-20 shrink-0 text-xs wrap-anywhere text-soft sm:hidden">{title}</span>
      {children}
    </Td>
  )
}

interface MissingProps extends Column {
  secretKey: string
  /** The environment that it can be copied from; undefined: none has it. */
  from: string | undefined
  isBusy: boolean
  /** Why they may not write it. */
  denied: string | undefined
  onFill: (from: string) => void
}

/** An environment that does not have the key. */
export const MissingCell = ({ secretKey, environment, title, from, isBusy, denied, onFill }: MissingProps) => (
  <Cell title={title} className="bg-warn-tint/50">
    <span className="flex flex-wrap items-center gap-x-2 text-warn">
      {words.matrixCell.missing}
      {from !== undefined && (
        <>
          <Button
            size="sm"
            busy={isBusy}
            denied={denied}
            aria-label={words.matrixCell.copyNamed(secretKey, environment)}
            onClick={() => onFill(from)}
          >
            <Plus aria-hidden className="size-3.5" /> {words.matrixCell.copy}
          </Button>
          <span className="text-xs text-soft">{words.matrixCell.from(from)}</span>
        </>
      )}
    </span>
  </Cell>
)

interface PresentProps {
  title: string
  place: FolderRef
  secretKey: string
  /** The value is another than in the first environment that has the key. */
  isDifferent: boolean
  isEditable: boolean
  /** The other environments. */
  others: readonly { environment: string; isWritable: boolean }[]
  onCopy: (to: string) => void
}

/** An environment that has the key: its value, and the way to the others. */
export const PresentCell = ({ title, place, secretKey, isDifferent, isEditable, others, onCopy }: PresentProps) => (
  <Cell title={title}>
    <div className="flex min-w-0 items-center gap-1 max-sm:flex-1">
      {isDifferent && <Badge tone="warn">{words.matrixCell.different}</Badge>}
      <div className="min-w-0 flex-1">
        <ValueCell
          place={place}
          secretKey={secretKey}
          name={words.matrixCell.valueIn(secretKey, place.environment)}
          isEditable={isEditable}
          denied={undefined}
        />
      </div>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={words.matrixCell.copyOf(secretKey, place.environment)}>
            <Forward aria-hidden className="size-4" />
          </Button>
        }
      >
        {others.map(({ environment, isWritable }) => (
          <MenuItem key={environment} disabled={!isWritable} onSelect={() => onCopy(environment)}>
            {words.matrixCell.copyTo(environment)}
          </MenuItem>
        ))}
      </Menu>
    </div>
  </Cell>
)
