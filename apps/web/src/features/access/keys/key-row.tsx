import { markStale } from '../../../lib/server/stale.ts'
import { useState } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { ScopeList, ROLE_LABELS } from '../../../components/pages/role-labels.tsx'
import { Time } from '../../../components/time.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { RowTh, Td, Tr } from '../../../components/ui/table.tsx'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { isPast } from '../duration.ts'
import type { ApiKey } from '../types.ts'
import { words } from '../words.ts'

const UNLIMITED = <Badge tone="warn">{words.keyRow.unlimited}</Badge>

export function KeyRow({ apiKey, projectId, withOwner }: { apiKey: ApiKey; projectId: string; withOwner: boolean }) {
  const [asking, setAsking] = useState(false)
  const revoke = trpc.apiKeys.revoke.useMutation()
  const here = apiKey.grants.find((grant) => grant.projectId === projectId)
  const elsewhere = apiKey.grants.length - 1
  const where = (
    <span>
      {apiKey.instanceAdmin ? words.keyRow.allProjects : <ScopeList scopes={here?.scopes ?? null} />}
      {elsewhere > 0 && ` ${words.keyRow.and(elsewhere)}`}
    </span>
  )
  const used =
    apiKey.lastUsedAt === null ? (
      <span className="text-soft">{words.keyRow.never}</span>
    ) : (
      <Time iso={apiKey.lastUsedAt} />
    )
  const over = isPast(apiKey.expiresAt)
  const revokeKey = async () => {
    await revoke.mutateAsync({ apiKeyId: apiKey.id })
    toast.success(words.keyRow.revoked(apiKey.name))
    await markStale('apiKeys.revoke')
  }
  return (
    <Tr aria-label={apiKey.name}>
      <RowTh className="py-2">
        <span className="grid">
          <span className="font-medium break-words">{apiKey.name}</span>
          <span className="font-mono text-soft">{apiKey.start ?? words.keyRow.kf}…</span>
          {withOwner && <span className="break-all text-soft">{apiKey.owner}</span>}
          {apiKey.instanceAdmin && <span className="sm:hidden">{UNLIMITED}</span>}
          {here && (
            <span className="flex flex-wrap items-center gap-x-1.5 sm:hidden">
              {ROLE_LABELS[here.role].word} {where}
            </span>
          )}
          <span className="text-soft sm:hidden">
            {words.keyRow.used} {used}
          </span>
        </span>
      </RowTh>
      <Td className="max-sm:hidden">{apiKey.instanceAdmin ? UNLIMITED : here && ROLE_LABELS[here.role].word}</Td>
      <Td className="max-sm:hidden">{where}</Td>
      <Td className="max-sm:hidden">{used}</Td>
      <Td>
        {over ? (
          <Badge>{words.keyRow.expired}</Badge>
        ) : apiKey.expiresAt === null ? (
          <span className="text-soft">{words.keyRow.never}</span>
        ) : (
          <Time iso={apiKey.expiresAt} until />
        )}
      </Td>
      <Td className="max-sm:pl-0">
        <span className="flex justify-end">
          <Button
            size="sm"
            variant="quietDanger"
            aria-label={words.keyRow.revokeNamed(apiKey.name)}
            onClick={() => setAsking(true)}
          >
            {words.keyRow.revoke}
          </Button>
        </span>
        {asking && (
          <Confirm
            title={words.keyRow.title(apiKey.name)}
            label={words.keyRow.revokeApiKey}
            onConfirm={revokeKey}
            onClose={() => setAsking(false)}
          >
            <p>{words.keyRow.consequence}</p>
          </Confirm>
        )}
      </Td>
    </Tr>
  )
}
