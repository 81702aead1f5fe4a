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
import { trpc } from '../../lib/trpc.ts'
import { ClientSecretRow } from './client-secret-row.tsx'
import { CopiedId } from './copied-id.tsx'
import { NewClientSecret } from './forms.tsx'

/** The client id of a machine, and the secrets that go with it. */
export function ClientSecrets({ identityId }: { identityId: string }) {
  const auth = trpc.universalAuth.get.useQuery({ identityId })
  const secrets = trpc.universalAuth.secrets.useQuery({ identityId })
  const [making, setMaking] = useState(false)
  const error = auth.error ?? secrets.error
  if (error) return <Failure what="The client secrets could not be read" error={error} retry={secrets.refetch} />
  if (!auth.data || !secrets.data) return <SkeletonRows label="Loading client secrets" rows={3} />
  const { clientId, lockedUntil } = auth.data
  return (
    <Section
      title="Client id and secrets"
      text={
        <span className="flex flex-wrap items-center gap-1.5">
          Client id <CopiedId name="client id" id={clientId} />
        </span>
      }
      action={
        <Button variant="primary" onClick={() => setMaking(true)}>
          <KeyRound aria-hidden className="size-4" /> Create client secret
        </Button>
      }
    >
      <div className="grid gap-4">
        {lockedUntil !== null && (
          <Notice kind="blocked" title="Locked after wrong client secrets">
            It can sign in again <Time iso={lockedUntil} until />. Tokens that it holds continue working.
          </Notice>
        )}
        {secrets.data.length === 0 ? (
          <p className="text-base text-soft">
            None yet, so it cannot sign in. A secret is shown once, when it is made.
          </p>
        ) : (
          <Table label="Client secrets">
            <thead>
              <tr>
                <Th>Secret</Th>
                <Th>Uses</Th>
                <Th className="max-sm:hidden">Last used</Th>
                <Th>Ends</Th>
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
      <Dialog open={making} onClose={() => setMaking(false)} title="Create a client secret">
        <NewClientSecret identityId={identityId} clientId={clientId} onDone={() => setMaking(false)} />
      </Dialog>
    </Section>
  )
}
