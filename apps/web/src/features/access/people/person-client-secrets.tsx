import { Failure } from '../../../components/failure.tsx'
import { Time } from '../../../components/time.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { SwitchField } from '../../../components/ui/switch-field.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import { words } from '../words.ts'

interface Props {
  userId: string
  /** Whether the secrets are revoked with the account. */
  revokes: boolean
  onChange: (revokes: boolean) => void
}

/** Client secrets of machines that a person created, which work without them, with a choice to revoke those. */
export function PersonClientSecrets({ userId, revokes, onChange }: Props) {
  const { data, error, refetch } = trpc.people.clientSecrets.useQuery({ userId })
  if (error) return <Failure what={words.personClientSecrets.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.personClientSecrets.loading} rows={1} />
  if (data.length === 0) return null
  return (
    <>
      <p>{words.personClientSecrets.text}</p>
      <ul
        aria-label={words.personClientSecrets.clientSecrets}
        className="max-h-60 divide-y divide-line overflow-y-auto"
      >
        {data.map(({ clientSecretId, identityName, description, clientSecretPrefix, createdAt }) => (
          <li key={clientSecretId} className="grid py-2">
            <span className="font-medium break-words">{identityName}</span>
            <span className="text-soft">
              {description || `${clientSecretPrefix}…`} {words.personClientSecrets.created} <Time iso={createdAt} />
            </span>
          </li>
        ))}
      </ul>
      <SwitchField label={words.personClientSecrets.revoke} checked={revokes} onChange={onChange} />
    </>
  )
}
