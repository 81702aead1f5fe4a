import { joinPath } from '@keyferry/schemas/secret-path'
import { RotateCcw } from 'lucide-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { FoundCount } from '../../components/found-count.tsx'
import { Empty, PageHeader } from '../../components/page.tsx'
import { SelectionBar } from '../../components/selection-bar.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { ActionsTh, Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/virtual-rows.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { andBelow, inFolder, useRights } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Trashed } from '../../lib/types.ts'
import { DeletedEnvironments } from './deleted-environments.tsx'
import { RestoreResult } from './restore-result.tsx'
import { TrashRow } from './trash-row.tsx'
import { useRestore } from './use-restore.ts'
import { words } from './words.ts'

interface Props {
  projectId: string
  filters: { environment?: string | undefined; q?: string | undefined }
}

/** Deleted secrets and folders, each until it is deleted permanently. */
export function TrashPage({ projectId, filters }: Props) {
  usePageTitle(words.trashPage.title)
  const navigate = useNavigate()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const { restore, restoring, result } = useRestore(projectId)
  const { rights } = useRights(projectId)
  const project = trpc.projects.get.useQuery({ projectId })
  const environments = project.data?.environments ?? []
  const found = trpc.useQueries((t) =>
    environments.map(({ slug }) => t.history.trash({ projectId, environment: slug })),
  )
  const failed = project.error ? project : found.find(({ error }) => error !== null)
  const loaded = project.data !== undefined && found.every(({ data }) => data !== undefined)
  const all = found.flatMap(({ data }) => data ?? []).sort((a, b) => b.deletedAt.localeCompare(a.deletedAt))
  const shown = all.filter((item) => matches(item, filters))
  const whyNot = ({ kind, name, environment, secretPath }: Trashed): string | undefined => {
    const place = { projectId, environment, secretPath }
    const whole = { ...place, secretPath: joinPath(secretPath, name) }
    return rights?.whyNot('secrets.write', kind === 'secret' ? inFolder(place) : andBelow(whole))
  }
  const restorable = shown.filter((item) => whyNot(item) === undefined)
  const chosen = restorable.filter(({ id }) => selected.has(id))

  const setFilters = (next: Props['filters']) =>
    void navigate({ to: '/p/$projectId/trash', params: { projectId }, search: { ...filters, ...next }, replace: true })
  const toggle = (ids: readonly string[], on: boolean) => {
    const next = new Set(selected)
    for (const id of ids) {
      if (on) next.add(id)
      else next.delete(id)
    }
    setSelected(next)
  }
  const bringBack = async (items: readonly Trashed[]) => {
    if (restoring) return
    const back = await restore(items)
    toggle(
      back.map(({ id }) => id),
      false,
    )
  }
  return (
    <>
      <PageHeader title={words.trashPage.title} text={words.trashPage.text} />
      <div className="grid gap-4">
        {rights?.may('project.manage') && <DeletedEnvironments projectId={projectId} />}
        <RestoreResult projectId={projectId} result={result} />
        {failed ? (
          <Failure what={words.trashPage.unreadable} error={failed.error} retry={failed.refetch} />
        ) : !loaded ? (
          <SkeletonRows label={words.trashPage.loading} />
        ) : all.length === 0 ? (
          <Empty title={words.trashPage.empty}>{words.trashPage.emptyText}</Empty>
        ) : (
          <>
            <div className="flex flex-wrap items-end gap-3">
              <TextField
                label={words.trashPage.search}
                type="search"
                className="w-full sm:w-64"
                value={filters.q ?? ''}
                onChange={(event) => setFilters({ q: event.target.value || undefined })}
              />
              <SelectField
                label={words.trashPage.environment}
                className="w-full sm:w-48"
                value={filters.environment ?? ''}
                onChange={(event) => setFilters({ environment: event.target.value || undefined })}
              >
                <option value="">{words.trashPage.all}</option>
                {environments.map(({ slug, name }) => (
                  <option key={slug} value={slug}>
                    {name}
                  </option>
                ))}
              </SelectField>
              <FoundCount
                isNarrowed={filters.q !== undefined || filters.environment !== undefined}
                className="py-2 text-sm text-soft"
              >
                {words.trashPage.items(shown.length)}
              </FoundCount>
            </div>
            {shown.length === 0 ? (
              <p className="py-6 text-center text-base text-soft">{words.trashPage.noMatch}</p>
            ) : (
              <Table label={words.trashPage.title}>
                <thead>
                  <tr>
                    {restorable.length > 0 && (
                      <Th className="w-9">
                        <Checkbox
                          label={words.trashPage.selectAll}
                          checked={
                            chosen.length === restorable.length ? true : chosen.length > 0 ? 'indeterminate' : false
                          }
                          onChange={(on) =>
                            toggle(
                              restorable.map(({ id }) => id),
                              on,
                            )
                          }
                        />
                      </Th>
                    )}
                    <Th>{words.trashPage.name}</Th>
                    <Th className="max-sm:hidden">{words.trashPage.wasIn}</Th>
                    <Th className="max-md:hidden">{words.trashPage.deleted}</Th>
                    <Th className="max-lg:hidden">{words.trashPage.deletesPermanently}</Th>
                    <ActionsTh />
                  </tr>
                </thead>
                <VirtualRows
                  rows={shown}
                  idOf={({ id }) => id}
                  height={53}
                  render={(item, virtual) => (
                    <TrashRow
                      key={item.id}
                      {...virtual}
                      projectId={projectId}
                      item={item}
                      selectable={restorable.length > 0}
                      selected={selected.has(item.id)}
                      onSelect={(on) => toggle([item.id], on)}
                      denied={whyNot(item)}
                      onRestore={() => void bringBack([item])}
                    />
                  )}
                />
              </Table>
            )}
            <SelectionBar
              label={words.trashPage.selectedItems}
              selected={chosen.length === 0 ? undefined : words.trashPage.selected(chosen.length)}
              onClear={() => setSelected(new Set())}
            >
              <Button size="sm" variant="primary" busy={restoring} onClick={() => void bringBack(chosen)}>
                {!restoring && <RotateCcw aria-hidden className="size-3.5" />}{' '}
                {words.trashPage.restore(words.trashPage.nItems(chosen.length))}
              </Button>
            </SelectionBar>
          </>
        )}
      </div>
    </>
  )
}

const matches = ({ environment, name, secretPath }: Trashed, filters: Props['filters']): boolean =>
  (filters.environment === undefined || environment === filters.environment) &&
  `${secretPath} ${name}`.toLowerCase().includes((filters.q ?? '').toLowerCase())
