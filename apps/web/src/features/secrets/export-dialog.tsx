import { count } from '@keyferry/schemas/count'
import { SECRET_FILES, type SecretFileFormat } from '@keyferry/schemas/secret-file'
import { useState } from 'react'
import { Refusal } from '../../components/refusal.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { toast } from '../../lib/toast.ts'
import { direct } from '../../lib/trpc.ts'
import type { ExportedFile, FolderRef } from '../../lib/types.ts'

const FORMATS = Object.keys(SECRET_FILES) as SecretFileFormat[]

interface Props {
  place: FolderRef
  /** Undefined: the whole folder. */
  keys?: readonly string[]
  onClose: () => void
}

/** Secrets as a file, to download or to copy. */
export function ExportDialog({ place, keys, onClose }: Props) {
  const [format, setFormat] = useState<SecretFileFormat>('dotenv')
  const [isResolved, setResolved] = useState(true)
  const [problem, setProblem] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  /** Past the query cache, so that nothing keeps the values. */
  const exportAnd = async (deliver: (file: ExportedFile) => Promise<string> | string) => {
    setBusy(true)
    setProblem(undefined)
    try {
      const file = await direct.secrets.export.mutate({
        ...place,
        format,
        ...(keys ? { keys: [...keys] } : {}),
        includeImports: isResolved && keys === undefined,
        expandReferences: isResolved,
      })
      toast.success(await deliver(file))
      onClose()
    } catch (error) {
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  const what = keys ? count(keys.length, 'secret') : `the secrets of ${place.environment}:${place.secretPath}`
  return (
    <Dialog open onClose={onClose} title={`Export ${what}`}>
      <div className="grid gap-4">
        <Refusal error={problem} />
        <SelectField
          label="Format"
          value={format}
          onChange={({ target }) => {
            setFormat(FORMATS.find((each) => each === target.value) ?? format)
            setProblem(undefined)
          }}
        >
          {FORMATS.map((each) => (
            <option key={each} value={each}>
              {SECRET_FILES[each].name}
            </option>
          ))}
        </SelectField>
        <SwitchField
          label={keys ? 'Fill in references' : 'Include imports and fill in references'}
          help={
            keys ? 'Off: values as they are written.' : 'Off: only the own secrets of the folder, as they are written.'
          }
          checked={isResolved}
          onChange={setResolved}
        />
        <Notice kind="warn" title="The file contains values in clear text">
          Anyone who can read the file can use them. Keep it out of version control and delete it when you are done. The
          export is recorded in Activity.
        </Notice>
      </div>
      <Actions>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          busy={isBusy}
          onClick={() =>
            void exportAnd(async ({ content, count: n }) => {
              await copy(content)
              return `Copied ${count(n, 'secret')}.`
            })
          }
        >
          Copy
        </Button>
        <Button
          variant="primary"
          busy={isBusy}
          onClick={() =>
            void exportAnd(({ content, fileName, count: n }) => {
              download(fileName, content)
              return `Downloaded ${count(n, 'secret')} as ${fileName}.`
            })
          }
        >
          Download
        </Button>
      </Actions>
    </Dialog>
  )
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    throw new Error('The browser did not let Keyferry write to the clipboard. Download the file instead.')
  }
}

function download(fileName: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  URL.revokeObjectURL(url)
}
