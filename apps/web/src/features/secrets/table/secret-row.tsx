import { memo, useRef } from 'react'
import { HiddenSign } from '../../../components/values/hidden-value.tsx'
import { Time } from '../../../components/time.tsx'
import { Checkbox } from '../../../components/ui/checkbox.tsx'
import { RowTh, Td, Tr } from '../../../components/ui/table.tsx'
import type { RowProps } from '../../../components/rows/virtual-rows.tsx'
import { cn } from '../../../lib/cn.ts'
import { inFolder, type Rights } from '../../../lib/session/rights.ts'
import type { FolderRef, SecretRow as Row } from '../../../lib/server/types.ts'
import { useSoon } from '../../../lib/lists/use-soon.ts'
import { DeliveryCell } from './delivery-cell.tsx'
import { SecretMenu } from './secret-menu.tsx'
import { SecretName } from './secret-name.tsx'
import { ValueCell } from '../values/value-cell.tsx'
import { words } from '../words.ts'

/**
 * On a phone the column of values is two fingers wide: what is shown or typed gets the width of the table, below the
 * key. The margin is the way back from the column, which begins behind 45 % of the table and the checkbox.
 */
const WIDE =
  'max-sm:has-[[data-wide]]:relative max-sm:has-[[data-wide]]:pt-9 max-sm:[&>[data-wide]]:w-[calc(100cqw-1rem)]'
const WIDE_BESIDE_CHECKBOX = 'max-sm:[&>[data-wide]]:-ml-[calc(45cqw+2rem)]'
const WIDE_FIRST = 'max-sm:[&>[data-wide]]:-ml-[45cqw]'

interface Props extends RowProps {
  place: FolderRef
  row: Row
  whyNot: Rights['whyNot']
  isSelected: boolean
  onSelect: (key: string, isSelected: boolean, isRange: boolean) => void
  onHistory: (key: string) => void
  onOverride: (key: string) => void
}

/**
 * One line of the table; a second one only for what is wrong with the value. Drawn again only when its own props
 * change, and first with its key alone: there are dozens on the screen while it scrolls.
 */
export const SecretRow = memo(function SecretRow({
  index,
  measure,
  place,
  row,
  whyNot,
  isSelected,
  onSelect,
  ...rest
}: Props) {
  const { key, origin } = row
  const isShift = useRef(false)
  const isComplete = useSoon()
  const isOwn = origin.kind === 'own'
  const source = isOwn
    ? place
    : { projectId: place.projectId, environment: origin.environment, secretPath: origin.secretPath }
  const unreadable = whyNot('secrets.read-values', inFolder(source))
  const areNamesReadable = whyNot('secrets.read-names', inFolder(source)) === undefined
  const isWritable = whyNot('secrets.write', inFolder(place)) === undefined

  return (
    <Tr
      ref={measure}
      data-index={index}
      aria-label={key}
      // Counted from one, the head first.
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className="group/row max-sm:has-[[data-wide],[data-below]]:[&>*]:align-top max-sm:has-[[data-wide],[data-below]]:[&>:first-child]:pt-2 sm:has-[form]:[&>*]:align-top"
    >
      {isWritable && (
        <Td
          className="w-10 py-0 max-sm:w-8 max-sm:pr-0 sm:group-has-[form]/row:pt-3"
          onClickCapture={({ shiftKey }) => {
            isShift.current = shiftKey
          }}
        >
          {isComplete && (
            <Checkbox
              label={words.secretRow.select(key)}
              checked={isSelected}
              disabled={!isOwn}
              onChange={(next) => onSelect(key, next, isShift.current)}
            />
          )}
        </Td>
      )}
      <RowTh className="py-1 sm:group-has-[form]/row:pt-2">
        <SecretName source={source} row={row} isReadable={unreadable === undefined} />
      </RowTh>
      <Td className={cn('py-0.5', WIDE, isWritable ? WIDE_BESIDE_CHECKBOX : WIDE_FIRST)}>
        {isComplete ? (
          <ValueCell
            place={source}
            secretKey={key}
            version={row.version}
            isEditable={isOwn && isWritable}
            denied={unreadable}
          />
        ) : (
          <HiddenSign />
        )}
      </Td>
      <Td className="py-0 group-has-[form]/row:pt-2 max-lg:hidden">
        {isComplete && areNamesReadable && <DeliveryCell place={source} secretKey={key} />}
      </Td>
      <Td className="truncate py-0 text-soft group-has-[form]/row:pt-3 max-md:hidden">
        {isComplete && (
          <span title={words.secretRow.versionBy(row.version, row.updatedBy)}>
            <Time iso={row.updatedAt} />
          </span>
        )}
      </Td>
      <Td className="w-12 py-0 text-right max-sm:w-9 max-sm:px-1 max-sm:group-has-[[data-wide],[data-below]]/row:pt-1 sm:group-has-[form]/row:pt-2">
        {isComplete && (
          <SecretMenu
            place={place}
            row={row}
            isWritable={isWritable}
            onGone={() => onSelect(key, false, false)}
            {...rest}
          />
        )}
      </Td>
    </Tr>
  )
})
