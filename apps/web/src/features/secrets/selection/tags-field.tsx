import { zodResolver } from '@hookform/resolvers/zod'
import { createTag } from '@keyferry/schemas'
import { Plus } from 'lucide-react'
import { useForm } from 'react-hook-form'
import { Failure } from '../../../components/failure.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { TextField } from '../../../components/ui/field.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { useWhyNot } from '../../../lib/session/rights.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { slugify } from '../../../lib/forms/slugify.ts'
import { words } from '../words.ts'

interface Props {
  projectId: string
  /** Ids of tags. */
  value: readonly string[]
  onChange: (value: string[]) => void
}

/** The tags of a project, each on or off; a new one is made where it is needed. */
export function TagsField({ projectId, value, onChange }: Props) {
  const tags = trpc.tags.list.useQuery({ projectId })
  // Tags are the whole project's.
  const mayAdd = useWhyNot(projectId)('secrets.write') === undefined
  const toggle = (id: string) => onChange(value.includes(id) ? value.filter((each) => each !== id) : [...value, id])
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1.5 text-sm font-medium">
        {words.tagsField.tags} <span className="ml-1 text-xs font-normal text-faint">{words.tagsField.optional}</span>
      </legend>
      {tags.error && <Failure what={words.tagsField.unreadable} error={tags.error} retry={tags.refetch} />}
      {tags.data && tags.data.length > 0 && (
        <div className="flex flex-wrap gap-1.5">
          {tags.data.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              aria-pressed={value.includes(id)}
              onClick={() => toggle(id)}
              className="min-h-6 rounded-full border border-edge px-2.5 text-sm text-soft hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-tint aria-pressed:text-accent"
            >
              {name}
            </button>
          ))}
        </div>
      )}
      {mayAdd && <NewTag projectId={projectId} onMade={(id) => onChange([...value, id])} />}
    </fieldset>
  )
}

function NewTag({ projectId, onMade }: { projectId: string; onMade: (id: string) => void }) {
  const create = trpc.tags.create.useMutation()
  const { register, getValues, setError, setValue, trigger, formState } = useForm({
    resolver: zodResolver(createTag.pick({ slug: true })),
    defaultValues: { slug: '' },
  })
  const add = async () => {
    setValue('slug', slugify(getValues('slug')))
    if (!(await trigger())) return
    try {
      const { id } = await create.mutateAsync({ projectId, slug: getValues('slug') })
      await markStale('tags.create')
      setValue('slug', '')
      onMade(id)
    } catch (error) {
      setError('slug', { message: messageOf(error) })
    }
  }
  return (
    <div className="flex items-start gap-2">
      <TextField
        label={words.tagsField.newTag}
        placeholder={words.tagsField.placeholder}
        spellCheck={false}
        className="flex-1"
        error={formState.errors.slug?.message}
        onKeyDown={(event) => {
          // It stands inside another form, which Enter would send.
          if (event.key !== 'Enter') return
          event.preventDefault()
          void add()
        }}
        {...register('slug')}
      />
      <Button className="mt-6.5" busy={create.isPending} onClick={() => void add()}>
        <Plus aria-hidden className="size-4" /> {words.tagsField.addTag}
      </Button>
    </div>
  )
}
