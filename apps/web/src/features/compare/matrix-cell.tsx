import { Forward, Plus } from 'lucide-react'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Menu, MenuItem } from '../../components/ui/menu.tsx'
import { Td } from '../../components/ui/table.tsx'
import type { FolderRef } from '../../lib/server/types.ts'
import { ValueCell } from '../secrets/values/value-cell.tsx'
import { words } from './words.ts'

interface MissingProps {
  secretKey: string
  environment: string
  /** The environment that it can be copied from; undefined: none has it. */
  from: string | undefined
  isBusy: boolean
  /** Why they may not write it. */
  denied: string | undefined
  onFill: (from: string) => void
}

/** An environment that does not have the key. */
export const MissingCell = ({ secretKey, environment, from, isBusy, denied, onFill }: MissingProps) => (
  <Td className="bg-warn-tint/50 py-0.5">
    <span className="flex items-center gap-2 whitespace-nowrap text-warn">
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
  </Td>
)

interface PresentProps {
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
export const PresentCell = ({ place, secretKey, isDifferent, isEditable, others, onCopy }: PresentProps) => (
  <Td className="py-0.5">
    <div className="flex min-w-0 items-center gap-1">
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
  </Td>
)
