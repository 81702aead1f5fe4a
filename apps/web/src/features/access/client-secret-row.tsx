import { markStale } from '../../lib/stale.ts'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Td, Tr } from '../../components/ui/table.tsx'
import { trpc } from '../../lib/trpc.ts'
import { isPast } from './duration.ts'
import type { ClientSecret } from './types.ts'

const endOf = ({ createdAt, clientSecretTTL }: ClientSecret): string | null =>
  clientSecretTTL === 0 ? null : new Date(Date.parse(createdAt) + clientSecretTTL * 1000).toISOString()

export function ClientSecretRow({ identityId, secret }: { identityId: string; secret: ClientSecret }) {
  const [asking, setAsking] = useState(false)
  const revoke = trpc.universalAuth.revokeSecret.useMutation()
  const name = secret.description === '' ? `${secret.clientSecretPrefix}…` : secret.description
  const used =
    secret.clientSecretLastUsedAt === null ? (
      <span className="text-soft">Never</span>
    ) : (
      <Time iso={secret.clientSecretLastUsedAt} />
    )
  const end = endOf(secret)
  const usedUp = secret.clientSecretNumUsesLimit > 0 && secret.clientSecretNumUses >= secret.clientSecretNumUsesLimit
  const over = secret.isClientSecretRevoked ? 'Revoked' : usedUp ? 'Used up' : isPast(end) ? 'Too old' : null
  const revokeSecret = async () => {
    await revoke.mutateAsync({ identityId, clientSecretId: secret.id })
    await markStale('universalAuth.revokeSecret')
  }
  return (
    <Tr aria-label={name}>
      <Td className="py-2">
        <span className="grid">
          <span className="font-medium break-words">{name}</span>
          {secret.description !== '' && <span className="font-mono text-soft">{secret.clientSecretPrefix}…</span>}
          <span className="text-soft sm:hidden">Used: {used}</span>
        </span>
      </Td>
      <Td className="tabular-nums">
        {secret.clientSecretNumUses}
        {secret.clientSecretNumUsesLimit > 0 && ` of ${secret.clientSecretNumUsesLimit}`}
      </Td>
      <Td className="max-sm:hidden">{used}</Td>
      <Td>
        {over !== null ? (
          <Badge>{over}</Badge>
        ) : end === null ? (
          <span className="text-soft">Never</span>
        ) : (
          <Time iso={end} until />
        )}
      </Td>
      <Td>
        {!secret.isClientSecretRevoked && (
          <span className="flex justify-end">
            <Button size="sm" variant="quietDanger" aria-label={`Revoke ${name}`} onClick={() => setAsking(true)}>
              Revoke
            </Button>
          </span>
        )}
        {asking && (
          <Confirm
            title={`Revoke ${name}?`}
            label="Revoke client secret"
            onConfirm={revokeSecret}
            onClose={() => setAsking(false)}
          >
            <p>It stops working at once, and with it the tokens that it gave out.</p>
          </Confirm>
        )}
      </Td>
    </Tr>
  )
}
