import { ClipboardPaste, Download } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { RouteButton } from '../../../components/route-button.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { pastePage } from '../../../lib/pages/folder-page.ts'
import { inFolder, useWhyNot } from '../../../lib/session/rights.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const ExportDialog = onDemand(async () => (await import('./export-dialog.tsx')).ExportDialog)

/** Takes the secrets of a folder out, and a file of them in. On a phone, the menu of the folder has both. */
export function FolderActions({ place, isEmpty }: { place: FolderRef; isEmpty: boolean }) {
  const [isExporting, setExporting] = useState(false)
  const { projectId, environment, secretPath } = place
  const whyNot = useWhyNot(projectId)
  return (
    <>
      <Button
        className="max-sm:hidden"
        denied={whyNot('secrets.read-values', inFolder(place))}
        disabled={isEmpty}
        onClick={() => setExporting(true)}
      >
        <Download aria-hidden className="size-4" /> {words.folderActions.export}
      </Button>
      <RouteButton
        className="max-sm:hidden"
        {...pastePage(projectId, environment, secretPath)}
        denied={whyNot('secrets.write', inFolder(place))}
      >
        <ClipboardPaste aria-hidden className="size-4" /> {words.folderActions.paste}
      </RouteButton>
      {isExporting && <ExportDialog place={place} onClose={() => setExporting(false)} />}
    </>
  )
}
