import { KeyRound } from 'lucide-react'
import { Failure } from '../../components/failure.tsx'
import { Empty } from '../../components/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Drawer } from '../../components/ui/dialog.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { ActionsTh, Table, Th } from '../../components/ui/table.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { TabProps } from './access-page.tsx'
import { NewKey } from './forms.tsx'
import { KeyRow } from './key-row.tsx'
import type { Rights } from '../../lib/rights.ts'

/** API keys that reach this project: one's own, for instance admins everybody's. */
export function KeysTab({ projectId, open, onOpen, rights }: TabProps & { rights: Rights }) {
  const { data, error, refetch } = trpc.apiKeys.list.useQuery()
  if (error) return <Failure what="The API keys could not be read" error={error} retry={refetch} />
  if (!data) return <SkeletonRows label="Loading API keys" rows={3} />
  const keys = data.filter(
    ({ instanceAdmin, grants }) => instanceAdmin || grants.some((grant) => grant.projectId === projectId),
  )
  const make = (
    <Button variant="primary" onClick={() => onOpen('add')}>
      <KeyRound aria-hidden className="size-4" /> Create API key
    </Button>
  )
  const close = () => onOpen(undefined)
  return (
    <div className="grid gap-3">
      {keys.length === 0 ? (
        <Empty title="No API keys for this project" action={make}>
          A key is for a script of yours: a bearer token for the REST API and the command line. Has at most your
          permissions and is revoked with your account.
        </Empty>
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p className="text-base text-soft">
              {rights.instanceAdmin
                ? 'Everybody’s keys that reach this project.'
                : 'Your keys that reach this project.'}{' '}
              A key never may more than its owner.
            </p>
            {make}
          </div>
          {keys.some(({ instanceAdmin }) => instanceAdmin) && (
            <Notice kind="warn" title="A bootstrap token still works">
              It can do everything its owner can, in every project. Give each script an API key or a machine identity
              with only the access it needs, then revoke the bootstrap token.
            </Notice>
          )}
          <Table label="API keys">
            <thead>
              <tr>
                <Th>Key</Th>
                <Th className="max-sm:hidden">Role</Th>
                <Th className="max-sm:hidden">Where</Th>
                <Th className="max-sm:hidden">Last used</Th>
                <Th>Ends</Th>
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
        title="Create an API key"
        description="For a script or a tool of yours."
      >
        <NewKey projectId={projectId} rights={rights} onDone={close} />
      </Drawer>
    </div>
  )
}
