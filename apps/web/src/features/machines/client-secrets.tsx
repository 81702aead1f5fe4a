import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { ActionsTh, Table, Th } from '../../components/ui/table.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import { ClientSecretRow } from './client-secret-row.tsx'
import { CopiedId } from './copied-id.tsx'
import { NewClientSecret } from './forms.tsx'
import { words } from './words.ts'

/** The client id of a machine, and the secrets that go with it. */
export function ClientSecrets({ identityId }: { identityId: string }) {
  const auth = trpc.universalAuth.get.useQuery({ identityId })
  const secrets = trpc.universalAuth.secrets.useQuery({ identityId })
  const [making, setMaking] = useState(false)
  const error = auth.error ?? secrets.error
  if (error) return <Failure what={words.clientSecrets.unreadable} error={error} retry={secrets.refetch} />
  if (!auth.data || !secrets.data) return <SkeletonRows label={words.clientSecrets.loading} rows={3} />
  const { clientId, lockedUntil } = auth.data
  return (
    <Section
      title={words.clientSecrets.title}
      text={
        <span className="flex flex-wrap items-center gap-1.5">
          {words.clientSecrets.clientId} <CopiedId name={words.copiedId.clientId} id={clientId} />
        </span>
      }
      action={
        <Button variant="primary" onClick={() => setMaking(true)}>
          <KeyRound aria-hidden className="size-4" /> {words.clientSecrets.createClientSecret}
        </Button>
      }
    >
      <div className="grid gap-4">
        {lockedUntil !== null && (
          <Notice kind="blocked" title={words.clientSecrets.locked}>
            {words.clientSecrets.lockEnds} <Time iso={lockedUntil} until />
            {words.clientSecrets.tokensStay}
          </Notice>
        )}
        {secrets.data.length === 0 ? (
          <p className="text-base text-soft">{words.clientSecrets.empty}</p>
        ) : (
          <Table label={words.clientSecrets.clientSecrets}>
            <thead>
              <tr>
                <Th>{words.clientSecrets.secret}</Th>
                <Th>{words.clientSecrets.uses}</Th>
                <Th className="max-sm:hidden">{words.clientSecrets.lastUsed}</Th>
                <Th>{words.clientSecrets.expires}</Th>
                <ActionsTh />
              </tr>
            </thead>
            <tbody>
              {secrets.data.map((secret) => (
                <ClientSecretRow key={secret.id} identityId={identityId} secret={secret} />
              ))}
            </tbody>
          </Table>
        )}
      </div>
      <Dialog open={making} onClose={() => setMaking(false)} title={words.clientSecrets.createTitle}>
        <NewClientSecret identityId={identityId} clientId={clientId} onDone={() => setMaking(false)} />
      </Dialog>
    </Section>
  )
}
