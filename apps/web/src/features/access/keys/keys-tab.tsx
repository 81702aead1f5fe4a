import { KeyRound } from 'lucide-react'
import { Failure } from '../../../components/failure.tsx'
import { Empty } from '../../../components/pages/page.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Drawer } from '../../../components/ui/dialog.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { ActionsTh, Table, Th } from '../../../components/ui/table.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import type { TabProps } from '../page/access-page.tsx'
import { NewKey } from '../forms.tsx'
import { KeyRow } from './key-row.tsx'
import type { Rights } from '../../../lib/session/rights.ts'
import { words } from '../words.ts'

/** API keys that reach this project: one's own, for instance admins everybody's. */
export function KeysTab({ projectId, open, onOpen, rights }: TabProps & { rights: Rights }) {
  const { data, error, refetch } = trpc.apiKeys.list.useQuery()
  if (error) return <Failure what={words.keysTab.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.keysTab.loading} rows={3} />
  const keys = data.filter(
    ({ instanceAdmin, grants }) => instanceAdmin || grants.some((grant) => grant.projectId === projectId),
  )
  const make = (
    <Button variant="primary" onClick={() => onOpen('add')}>
      <KeyRound aria-hidden className="size-4" /> {words.keysTab.createApiKey}
    </Button>
  )
  const close = () => onOpen(undefined)
  return (
    <div className="grid gap-3">
      {keys.length === 0 ? (
        <Empty title={words.keysTab.empty} action={make}>
          {words.keysTab.emptyText}
        </Empty>
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="text-base text-soft">
              {rights.instanceAdmin ? words.keysTab.allKeys : words.keysTab.ownKeys} {words.keysTab.limit}
            </p>
            {make}
          </div>
          {keys.some(({ instanceAdmin }) => instanceAdmin) && (
            <Notice kind="warn" title={words.keysTab.bootstrap}>
              {words.keysTab.bootstrapText}
            </Notice>
          )}
          <Table label={words.keysTab.apiKeys}>
            <thead>
              <tr>
                <Th>{words.keysTab.key}</Th>
                <Th className="max-sm:hidden">{words.keysTab.role}</Th>
                <Th className="max-sm:hidden">{words.keysTab.where}</Th>
                <Th className="max-sm:hidden">{words.keysTab.lastUsed}</Th>
                <Th>{words.keysTab.expires}</Th>
                <ActionsTh />
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <KeyRow key={key.id} apiKey={key} projectId={projectId} withOwner={rights.instanceAdmin} />
              ))}
            </tbody>
          </Table>
        </>
      )}
      <Drawer
        open={open === 'add'}
        onClose={close}
        title={words.keysTab.createTitle}
        description={words.keysTab.createText}
      >
        <NewKey projectId={projectId} rights={rights} onDone={close} />
      </Drawer>
    </div>
  )
}
