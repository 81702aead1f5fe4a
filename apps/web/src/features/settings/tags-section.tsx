import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Section } from '../../components/ui/card.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { useWhyNot } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Tag } from '../../lib/server/types.ts'
import { words } from './words.ts'

const RenameTag = onDemand(async () => (await import('./rename-tag.tsx')).RenameTag)

/** The tags that secrets of the project can carry. They are made where they are given. */
export function TagsSection({ projectId }: { projectId: string }) {
  const tags = trpc.tags.list.useQuery({ projectId })
  const remove = trpc.tags.delete.useMutation()
  const fixed = useWhyNot(projectId)('secrets.write') !== undefined
  const [open, setOpen] = useState<{ what: 'rename' | 'delete'; tag: Tag }>()
  const close = () => setOpen(undefined)
  const deleteTag = async ({ id: tagId }: Tag) => {
    await remove.mutateAsync({ projectId, tagId })
    await markStale('tags.delete')
  }
  return (
    <Section title={words.tagsSection.title} text={words.tagsSection.text}>
      {tags.error ? (
        <Failure what={words.tagsSection.unreadable} error={tags.error} retry={tags.refetch} />
      ) : !tags.data ? (
        <Skeleton className="w-64" />
      ) : tags.data.length === 0 ? (
        <p className="text-base text-soft">{words.tagsSection.empty}</p>
      ) : (
        <ul aria-label={words.tagsSection.title} className="flex flex-wrap gap-2">
          {tags.data.map((tag) => (
            <li
              key={tag.id}
              className="flex max-w-full items-center gap-0.5 rounded-md border border-line px-2.5 py-0.5 text-sm has-[button]:pr-0.5"
            >
              <span dir="auto" className="min-w-0 break-words">
                {tag.name}
              </span>
              {!fixed && (
                <>
                  <IconButton
                    icon={Pencil}
                    label={words.tagsSection.rename(tag.name)}
                    onClick={() => setOpen({ what: 'rename', tag })}
                  />
                  <IconButton
                    icon={Trash2}
                    label={words.tagsSection.remove(tag.name)}
                    onClick={() => setOpen({ what: 'delete', tag })}
                  />
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {open?.what === 'rename' && (
        <RenameTag tag={tags.data?.find(({ id }) => id === open.tag.id) ?? open.tag} onClose={close} />
      )}
      {open?.what === 'delete' && (
        <Confirm
          title={words.tagsSection.deleteTitle(open.tag.name)}
          label={words.tagsSection.deleteAction}
          onConfirm={() => deleteTag(open.tag)}
          onClose={close}
        >
          <p>{words.tagsSection.deleteText}</p>
        </Confirm>
      )}
    </Section>
  )
}
