import { Forward, Plus } from 'lucide-react'
import { memo, useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Menu, MenuItem } from '../../components/ui/menu.tsx'
import { Td, Tr } from '../../components/ui/table.tsx'
import type { RowProps } from '../../components/rows/virtual-rows.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { inFolder, type Rights } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { direct } from '../../lib/server/trpc.ts'
import type { FolderRef, MatrixRow } from '../../lib/server/types.ts'
import { copySecrets } from '../secrets/selection/copy-secrets.ts'
import { ValueCell } from '../secrets/values/value-cell.tsx'
import { words } from './words.ts'

const CopyDialog = onDemand(async () => (await import('../secrets/selection/copy-dialog.tsx')).CopyDialog)

interface Props extends RowProps {
  projectId: string
  environments: readonly string[]
  row: MatrixRow
  whyNot: Rights['whyNot']
}

/** One key in every environment: the same as in the first that has it, different, or missing. */
export const MatrixTableRow = memo(function MatrixTableRow({
  index,
  measure,
  projectId,
  environments,
  row,
  whyNot,
}: Props) {
  const { key, secretPath, groups } = row
  const [copying, setCopying] = useState<{ from: string; to: string }>()
  const [isBusy, setBusy] = useState(false)
  const at = (environment: string): FolderRef => ({ projectId, environment, secretPath })
  const first = environments[groups.findIndex((group) => group !== null)]
  const notWritten = (environment: string) => whyNot('secrets.write', inFolder(at(environment)))
  /** What is missing is written at once, with a way back. */
  const fill = async (from: string, to: string) => {
    setBusy(true)
    try {
      await copySecrets(at(from), at(to), [key])
      toast.success(words.matrixRow.copiedFrom(key, from, to), {
        label: words.matrixRow.undo,
        onClick: () =>
          void direct.secrets.deleteMany
            .mutate({ ...at(to), secrets: [{ key }] })
            .then(() => markStale('secrets.deleteMany'))
            .catch((error: unknown) => toast.error(messageOf(error))),
      })
    } catch (error) {
      toast.error(words.matrixRow.notCopied(key, messageOf(error)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Tr ref={measure} data-index={index} aria-label={key} className="group/row">
      <Td className="sticky left-0 z-1 min-w-40 bg-surface py-1 max-sm:min-w-32">
        <span className="line-clamp-2 font-mono text-sm font-medium break-all">
          <bdi>{key}</bdi>
        </span>
        {secretPath !== '/' && <span className="line-clamp-2 font-mono text-xs break-all text-soft">{secretPath}</span>}
      </Td>
      {environments.map((environment, column) => {
        const group = groups[column]
        const others = environments.filter((other) => other !== environment)
        if (group === null || group === undefined)
          return (
            <Td key={environment} className="bg-warn-tint/50 py-0.5">
              <span className="flex items-center gap-2 whitespace-nowrap text-warn">
                {words.matrixRow.missing}
                {first !== undefined && (
                  <Button
                    size="sm"
                    busy={isBusy}
                    denied={notWritten(environment)}
                    aria-label={words.matrixRow.copyNamed(key, environment)}
                    onClick={() => void fill(first, environment)}
                  >
                    <Plus aria-hidden className="size-3.5" /> {words.matrixRow.copy}
                  </Button>
                )}
                {first !== undefined && <span className="text-xs text-soft">{words.matrixRow.from(first)}</span>}
              </span>
            </Td>
          )
        return (
          <Td key={environment} className="py-0.5">
            <div className="flex min-w-0 items-center gap-1">
              {group > 0 && <Badge tone="warn">{words.matrixRow.different}</Badge>}
              <div className="min-w-0 flex-1">
                <ValueCell
                  place={at(environment)}
                  secretKey={key}
                  name={words.matrixRow.valueIn(key, environment)}
                  isEditable={notWritten(environment) === undefined}
                  denied={undefined}
                />
              </div>
              <Menu
                trigger={
                  <Button variant="ghost" size="icon" aria-label={words.matrixRow.copyOf(key, environment)}>
                    <Forward aria-hidden className="size-4" />
                  </Button>
                }
              >
                {others.map((to) => (
                  <MenuItem
                    key={to}
                    disabled={notWritten(to) !== undefined}
                    onSelect={() =>
                      groups[environments.indexOf(to)] === null
                        ? void fill(environment, to)
                        : setCopying({ from: environment, to })
                    }
                  >
                    {words.matrixRow.copyTo(to)}
                  </MenuItem>
                ))}
              </Menu>
            </div>
          </Td>
        )
      })}
      {copying && (
        <td hidden>
          <CopyDialog
            place={at(copying.from)}
            keys={[key]}
            environment={copying.to}
            onClose={() => setCopying(undefined)}
          />
        </td>
      )}
    </Tr>
  )
})
