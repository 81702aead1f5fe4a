import { useRouter } from '@tanstack/react-router'
import { ChevronsUpDown, LayoutGrid, Plus, Settings } from 'lucide-react'
import { Button } from '../../components/ui/button.tsx'
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLine } from '../../components/ui/menu.tsx'
import { useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from '../words.ts'

export function ProjectSwitcher({
  projectId,
  onNavigate,
}: {
  projectId: string | undefined
  onNavigate?: (() => void) | undefined
}) {
  const router = useRouter()
  const { data: projects } = trpc.projects.list.useQuery()
  const { rights } = useRights(projectId ?? '')
  const current = projects?.find((project) => project.id === projectId)
  const open = (id: string) => {
    onNavigate?.()
    void router.navigate({ to: '/p/$projectId', params: { projectId: id } })
  }
  const shown =
    current?.name ?? (projects?.length === 0 ? words.projectSwitcher.noProjectYet : words.projectSwitcher.selectProject)
  return (
    <Menu
      align="start"
      trigger={
        <Button className="w-full justify-between px-2.5" aria-label={words.projectSwitcher.switchProjectNamed(shown)}>
          <span dir="auto" className="truncate">
            {shown}
          </span>
          <ChevronsUpDown aria-hidden className="size-4 text-faint" />
        </Button>
      }
    >
      <MenuChoices className="max-h-[min(15rem,40dvh)] overflow-y-auto" value={projectId ?? ''}>
        {projects?.map((project) => (
          <MenuChoice key={project.id} value={project.id} onSelect={() => open(project.id)}>
            <span dir="auto" className="truncate">
              {project.name}
            </span>
          </MenuChoice>
        ))}
      </MenuChoices>
      {projects !== undefined && projects.length > 0 && (
        <>
          <MenuLine />
          <MenuItem
            onSelect={() => {
              onNavigate?.()
              void router.navigate({ to: '/projects' })
            }}
          >
            <LayoutGrid aria-hidden className="size-4" /> {words.projectSwitcher.allProjects}
          </MenuItem>
        </>
      )}
      {current && (
        <MenuItem
          onSelect={() => {
            onNavigate?.()
            void router.navigate({ to: '/p/$projectId/settings', params: { projectId: current.id } })
          }}
        >
          <Settings aria-hidden className="size-4" /> {words.projectSwitcher.projectSettings}
        </MenuItem>
      )}
      {rights?.may('instance.manage') && (
        <MenuItem
          onSelect={() => {
            onNavigate?.()
            void router.navigate({ to: '/projects/new' })
          }}
        >
          <Plus aria-hidden className="size-4" /> {words.projectSwitcher.newProject}
        </MenuItem>
      )}
    </Menu>
  )
}
