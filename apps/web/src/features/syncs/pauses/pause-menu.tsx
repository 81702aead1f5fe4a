import { onDemand } from '../../../components/on-demand.tsx'
import { Ellipsis, Pause } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { Menu, MenuItem } from '../../../components/ui/menu.tsx'
import { useRights } from '../../../lib/session/rights.ts'
import { words } from '../words.ts'

const PauseDialog = onDemand(async () => (await import('./pause-dialog.tsx')).PauseDialog)

/** Pausing all syncs of the project, or of the instance, for those who can. */
export function PauseMenu({ projectId }: { projectId: string }) {
  const { rights } = useRights(projectId)
  const [scope, setScope] = useState<'project' | 'instance'>()
  if (rights?.may('project.manage') !== true) return null
  return (
    <>
      <Menu
        trigger={
          <Button aria-label={words.pauseMenu.moreForAllSyncs} className="w-9 px-0">
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        <MenuItem onSelect={() => setScope('project')}>
          <Pause aria-hidden className="size-4" /> {words.pauseMenu.pauseProject}
        </MenuItem>
        {rights.may('instance.manage') && (
          <MenuItem onSelect={() => setScope('instance')}>
            <Pause aria-hidden className="size-4" /> {words.pauseMenu.pauseInstance}
          </MenuItem>
        )}
      </Menu>
      {scope !== undefined && <PauseDialog subject={{ scope, projectId }} onClose={() => setScope(undefined)} />}
    </>
  )
}
