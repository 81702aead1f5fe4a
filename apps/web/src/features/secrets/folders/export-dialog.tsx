import { SECRET_FILES, type SecretFileFormat } from '@keyferry/schemas/secret-file'
import { useState } from 'react'
import { Refusal } from '../../../components/refusal.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { SelectField } from '../../../components/ui/field.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { SwitchField } from '../../../components/ui/switch-field.tsx'
import { toast } from '../../../lib/toast.ts'
import { direct } from '../../../lib/server/trpc.ts'
import type { ExportedFile, FolderRef } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

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
  const what = keys
    ? words.exportDialog.secrets(keys.length)
    : words.exportDialog.folderSecrets(place.environment, place.secretPath)
  return (
    <Dialog open onClose={onClose} title={words.exportDialog.title(what)}>
      <div className="grid gap-4">
        <Refusal error={problem} />
        <SelectField
          label={words.exportDialog.format}
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
          label={keys ? words.exportDialog.resolve : words.exportDialog.resolveAndImport}
          help={keys ? words.exportDialog.resolveHelp : words.exportDialog.resolveAndImportHelp}
          checked={isResolved}
          onChange={setResolved}
        />
        <Notice kind="warn" title={words.exportDialog.warning}>
          {words.exportDialog.warningText}
        </Notice>
      </div>
      <Actions>
        <Button onClick={onClose}>{words.exportDialog.cancel}</Button>
        <Button
          busy={isBusy}
          onClick={() =>
            void exportAnd(async ({ content, count: n }) => {
              await copy(content)
              return words.exportDialog.copied(n)
            })
          }
        >
          {words.exportDialog.copy}
        </Button>
        <Button
          variant="primary"
          busy={isBusy}
          onClick={() =>
            void exportAnd(({ content, fileName, count: n }) => {
              download(fileName, content)
              return words.exportDialog.downloadedAs(n, fileName)
            })
          }
        >
          {words.exportDialog.download}
        </Button>
      </Actions>
    </Dialog>
  )
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    throw new Error(words.exportDialog.copyRefused)
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
