import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { AccessDenied } from '../../components/pages/access-denied.tsx'
import { PageHeader } from '../../components/pages/page.tsx'
import { Button } from '../../components/ui/button.tsx'
import { TextAreaField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { folderPage } from '../../lib/pages/folder-page.ts'
import { inFolder, useWhyNot } from '../../lib/session/rights.ts'
import type { FolderRef } from '../../lib/server/types.ts'
import { useUnsaved } from '../../lib/forms/unsaved.ts'
import { PastePreview } from './paste-preview.tsx'
import { UploadButton } from './upload-button.tsx'
import { words } from './words.ts'

/** Characters: with more of them, a field takes seconds to draw. */
const MAX_TYPED = 200_000

/** A `.env` file, typed, pasted or uploaded; shows what it would do before anything is saved. */
export function PastePage({ place }: { place: FolderRef }) {
  usePageTitle(words.pastePage.paste)
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate()
  const [content, setContent] = useState('')
  const [unreadable, setUnreadable] = useState<string | null>(null)
  useUnsaved(content !== '')
  const back = folderPage(projectId, environment, secretPath)
  const denied = useWhyNot(projectId)('secrets.write', inFolder(place))

  const change = (text: string) => {
    setContent(text)
    setUnreadable(null)
  }
  const onSaved = () => {
    setContent('')
    // The guard must see that nothing is unsaved any more.
    setTimeout(() => void navigate(back))
  }
  if (denied !== undefined)
    return (
      <AccessDenied
        projectId={projectId}
        page={words.pastePage.paste}
        title={words.pastePage.denied(environment, secretPath)}
        why={denied}
      />
    )
  return (
    <>
      <PageHeader
        title={words.pastePage.paste}
        text={
          <>
            {words.pastePage.into}{' '}
            <span className="font-mono text-sm">
              {environment}:{secretPath}
            </span>
            {words.pastePage.keysNotFileLeft}
          </>
        }
      />
      <div className="grid max-w-4xl grid-cols-1 gap-x-8 gap-y-4 2xl:max-w-none 2xl:grid-cols-2">
        <div className="grid grid-cols-1 content-start gap-4">
          {content.length > MAX_TYPED ? (
            <Notice
              kind="info"
              title={words.pastePage.tooLong((content.length / 1_000_000).toFixed(1))}
              action={
                <Button size="sm" onClick={() => change('')}>
                  {words.pastePage.clear}
                </Button>
              }
            >
              {words.pastePage.tooLongText}
            </Notice>
          ) : (
            <TextAreaField
              label={words.pastePage.fileContent}
              rows={12}
              spellCheck={false}
              autoComplete="off"
              placeholder={words.pastePage.placeholder}
              className="[&_textarea]:font-mono [&_textarea]:text-sm"
              value={content}
              onChange={(event) => change(event.target.value)}
              onPaste={(event) => {
                const text = event.clipboardData.getData('text')
                if (text.length <= MAX_TYPED) return
                event.preventDefault()
                change(text)
              }}
            />
          )}
          {unreadable !== null && (
            <Notice kind="bad" title={words.pastePage.unreadable(unreadable)}>
              {words.pastePage.unreadableText}
            </Notice>
          )}
          <UploadButton onText={change} onUnreadable={setUnreadable} />
        </div>
        <PastePreview place={place} content={content} onSaved={onSaved} onCancel={() => void navigate(back)} />
      </div>
    </>
  )
}
