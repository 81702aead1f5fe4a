import { Folder } from 'lucide-react'
import { AccessDenied } from '../../../components/pages/access-denied.tsx'
import { RouteButton } from '../../../components/route-button.tsx'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import { useOwnFolders } from '../../../lib/lists/own-folders.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** The most folders that are offered at once; the folders themselves lead on. */
const MOST = 12

/** Instead of the secrets of a folder that they may not see: the way to those that are theirs. */
interface Props {
  place: FolderRef
  /** The page's own heading, where nothing else of it is shown. */
  page?: string
}

export function ClosedFolder({ place: { projectId, environment, secretPath }, page }: Props) {
  const own = useOwnFolders(projectId, [{ slug: environment }]) ?? []
  return (
    <AccessDenied
      projectId={projectId}
      page={page}
      title={words.closedFolder.title(environment, secretPath)}
      why={own.length === 0 ? words.closedFolder.text : words.closedFolder.others}
      action={
        own.length === 0
          ? undefined
          : own.slice(0, MOST).map((each) => (
              <RouteButton key={each.secretPath} {...folderPage(projectId, environment, each.secretPath)}>
                <Folder aria-hidden className="size-4 text-faint" /> {each.secretPath}
              </RouteButton>
            ))
      }
    />
  )
}
