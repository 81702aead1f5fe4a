import { Link2 } from 'lucide-react'
import { FolderLink } from '../../../components/folder-link.tsx'
import { HiddenValue } from '../../../components/values/hidden-value.tsx'
import { Popover } from '../../../components/ui/popover.tsx'
import { direct } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

interface Props {
  place: FolderRef
  secretKey: string
  /** As they are written in the value. */
  references: readonly string[]
}

/** The references in a value, with a link to each, and what the value becomes with them filled in, once revealed. */
export const ResolvedValue = ({ place, secretKey, references }: Props) => (
  <Popover
    label={words.resolvedValue.resolvedValueNamed(secretKey)}
    className="group/row w-96 p-3"
    trigger={
      <button
        type="button"
        aria-label={words.resolvedValue.resolveNamed(secretKey, references.join(', '))}
        className="flex min-w-4 shrink-[3] items-center gap-1 rounded text-xs text-accent hover:underline"
      >
        <Link2 aria-hidden className="size-3.5 shrink-0" />
        <span className="truncate">{references.join(', ')}</span>
      </button>
    }
  >
    {() => (
      <>
        <p className="text-xs text-soft">{words.resolvedValue.refersTo(secretKey)}</p>
        <ul className="grid max-h-40 gap-1 overflow-y-auto text-sm break-all">
          {references.map((reference) => {
            const { key, ...at } = secretOf(reference, place)
            return (
              <li key={reference}>
                <FolderLink place={at} secretKey={key} />
              </li>
            )
          })}
        </ul>
        <p className="text-xs text-soft">{words.resolvedValue.resolvedValue}</p>
        <HiddenValue
          name={words.resolvedValue.resolvedValueOf(secretKey)}
          read={async () =>
            (await direct.secrets.get.query({ ...place, key: secretKey, expandReferences: true })).value ?? ''
          }
        />
      </>
    )}
  </Popover>
)

/** The secret that a reference names: `${KEY}` is in the same folder, `${environment.folder.KEY}` elsewhere. */
function secretOf(reference: string, place: FolderRef): FolderRef & { key: string } {
  const names = reference.replace(/^\$\{/, '').replace(/\}$/, '').split('.')
  const [environment, ...folders] = names.slice(0, -1)
  const key = names.at(-1) ?? ''
  if (environment === undefined) return { ...place, key }
  return { projectId: place.projectId, environment, secretPath: `/${folders.join('/')}`, key }
}
