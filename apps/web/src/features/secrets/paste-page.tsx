import { count } from '@keyferry/schemas/count'
import { Link, useNavigate } from '@tanstack/react-router'
import { decodeUtf8 } from '@keyferry/schemas'
import { FileUp } from 'lucide-react'
import { useState, type ChangeEvent } from 'react'
import { toast } from '../../lib/toast.ts'
import { AccessDenied } from '../../components/access-denied.tsx'
import { LeaveGuard } from '../../components/leave-guard.tsx'
import { PageHeader } from '../../components/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextAreaField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { folderPage } from '../../lib/folder-page.ts'
import { usePageTitle } from '../../lib/crumbs.ts'
import { inFolder, useWhyNot } from '../../lib/rights.ts'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'
import { useUnsaved } from '../../lib/unsaved.ts'
import { PastePreview } from './paste-preview.tsx'

/** A `.env` file, pasted or uploaded; shows what it would do before anything is saved. */
export function PastePage({ place }: { place: FolderRef }) {
  usePageTitle('Paste .env')
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate()
  const [content, setContent] = useState('')
  const [unreadable, setUnreadable] = useState<string | null>(null)
  const preview = trpc.secrets.paste.useMutation()
  const save = trpc.secrets.paste.useMutation()
  useUnsaved(content !== '' && !save.isSuccess)
  const problem = preview.error ?? save.error
  const back = folderPage(projectId, environment, secretPath)
  const denied = useWhyNot(projectId)('secrets.write', inFolder(place))

  const change = (text: string) => {
    setContent(text)
    setUnreadable(null)
    preview.reset()
    save.reset()
  }
  const upload = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0]
    event.target.value = ''
    if (!file) return
    const text = decodeUtf8(await file.arrayBuffer())
    change(text ?? '')
    setUnreadable(text === null ? file.name : null)
  }
  const commit = () =>
    save.mutate(
      { ...place, content },
      {
        onSuccess: async ({ added, changed }) => {
          setContent('')
          await markStale('secrets.paste')
          toast.success(`Saved: ${added.length} added, ${changed.length} changed.`)
          // The guard must see that nothing is unsaved any more.
          setTimeout(() => void navigate(back))
        },
      },
    )
  if (denied !== undefined)
    return (
      <AccessDenied
        projectId={projectId}
        page="Paste .env"
        title={`You cannot add secrets to ${environment}:${secretPath}`}
        why={denied}
      />
    )
  const writes = (preview.data?.added.length ?? 0) + (preview.data?.changed.length ?? 0)
  return (
    <div className="mx-auto max-w-4xl">
      <LeaveGuard />
      <PageHeader
        title="Paste .env"
        text={
          <>
            Into{' '}
            <span className="font-mono text-sm">
              {environment}:{secretPath}
            </span>
            . Keys not in the file are left unchanged.
          </>
        }
      />
      <div className="grid gap-4">
        <TextAreaField
          label="File content"
          rows={12}
          spellCheck={false}
          autoComplete="off"
          placeholder={'DATABASE_URL="postgres://…"\nSTRIPE_KEY=sk_…'}
          className="[&_textarea]:font-mono [&_textarea]:text-sm"
          value={content}
          onChange={(event) => change(event.target.value)}
        />
        {unreadable !== null && (
          <Notice kind="bad" title={`${unreadable} is not text in UTF-8`}>
            Its characters would be stored as others. Save the file as UTF-8 and upload it again.
          </Notice>
        )}
        {problem && (
          <Notice kind="bad" title={preview.error ? 'The file could not be read' : 'Nothing was saved'}>
            {messageOf(problem)}
          </Notice>
        )}
        {preview.data && <PastePreview result={preview.data} />}
        <div className="flex flex-wrap items-center gap-2">
          <Button asChild className="focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
            <label className="cursor-pointer">
              <FileUp aria-hidden className="size-4" /> Upload a file
              <input type="file" className="sr-only" onChange={(event) => void upload(event)} />
            </label>
          </Button>
          <span className="flex-1 max-sm:hidden" />
          <Button asChild>
            <Link {...back}>Cancel</Link>
          </Button>
          {preview.data ? (
            <Button
              variant="primary"
              disabled={writes === 0}
              busy={save.isPending}
              onClick={commit}
              title={`Writes ${count(writes, 'secret')}`}
            >
              Save secrets
            </Button>
          ) : (
            <Button
              variant="primary"
              disabled={content.trim() === ''}
              busy={preview.isPending}
              onClick={() => preview.mutate({ ...place, content, dryRun: true })}
            >
              Preview
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}
