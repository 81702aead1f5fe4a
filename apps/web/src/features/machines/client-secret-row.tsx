import { markStale } from '../../lib/server/stale.ts'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { RowTh, Td, Tr } from '../../components/ui/table.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import { isPast } from '../access/duration.ts'
import type { ClientSecret } from '../access/types.ts'
import { words } from './words.ts'

const endOf = ({ createdAt, clientSecretTTL }: ClientSecret): string | null =>
  clientSecretTTL === 0 ? null : new Date(Date.parse(createdAt) + clientSecretTTL * 1000).toISOString()

export function ClientSecretRow({ identityId, secret }: { identityId: string; secret: ClientSecret }) {
  const [asking, setAsking] = useState(false)
  const revoke = trpc.universalAuth.revokeSecret.useMutation()
  const name = secret.description === '' ? `${secret.clientSecretPrefix}…` : secret.description
  const used =
    secret.clientSecretLastUsedAt === null ? (
      <span className="text-soft">{words.clientSecretRow.never}</span>
    ) : (
      <Time iso={secret.clientSecretLastUsedAt} />
    )
  const end = endOf(secret)
  const usedUp = secret.clientSecretNumUsesLimit > 0 && secret.clientSecretNumUses >= secret.clientSecretNumUsesLimit
  const over = secret.isClientSecretRevoked
    ? words.clientSecretRow.revoked
    : usedUp
      ? words.clientSecretRow.usedUp
      : isPast(end)
        ? words.clientSecretRow.expired
        : null
  const revokeSecret = async () => {
    await revoke.mutateAsync({ identityId, clientSecretId: secret.id })
    await markStale('universalAuth.revokeSecret')
  }
  return (
    <Tr aria-label={name}>
      <RowTh className="py-2">
        <span className="grid">
          <span className="font-medium break-words">{name}</span>
          {secret.description !== '' && <span className="font-mono text-soft">{secret.clientSecretPrefix}…</span>}
          <span className="text-soft sm:hidden">
            {words.clientSecretRow.used} {used}
          </span>
        </span>
      </RowTh>
      <Td className="tabular-nums">
        {secret.clientSecretNumUses}
        {secret.clientSecretNumUsesLimit > 0 && words.clientSecretRow.ofLimit(secret.clientSecretNumUsesLimit)}
      </Td>
      <Td className="max-sm:hidden">{used}</Td>
      <Td>
        {over !== null ? (
          <Badge>{over}</Badge>
        ) : end === null ? (
          <span className="text-soft">{words.clientSecretRow.never}</span>
        ) : (
          <Time iso={end} until />
        )}
      </Td>
      <Td>
        {!secret.isClientSecretRevoked && (
          <span className="flex justify-end">
            <Button
              size="sm"
              variant="quietDanger"
              aria-label={words.clientSecretRow.revokeNamed(name)}
              onClick={() => setAsking(true)}
            >
              {words.clientSecretRow.revoke}
            </Button>
          </span>
        )}
        {asking && (
          <Confirm
            title={words.clientSecretRow.title(name)}
            label={words.clientSecretRow.revokeClientSecret}
            onConfirm={revokeSecret}
            onClose={() => setAsking(false)}
          >
            <p>{words.clientSecretRow.consequence}</p>
          </Confirm>
        )}
      </Td>
    </Tr>
  )
}
