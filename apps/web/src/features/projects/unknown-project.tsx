import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { useWhyNot } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

/** The most projects that are offered at once; the page of all has the rest. */
const MOST = 6

/** Instead of every page of a project that does not exist or that its reader has no access to: the way to theirs. */
export function UnknownProject() {
  usePageTitle(words.unknown.title)
  const { data } = trpc.projects.list.useQuery()
  const projects = data ?? []
  const denied = useWhyNot('')('instance.manage')
  return (
    <>
      <PageHeader title={words.unknown.title} />
      <Empty
        title={words.unknown.heading}
        action={
          <>
            {projects.slice(0, MOST).map(({ id, name }) => (
              <RouteButton key={id} to="/p/$projectId" params={{ projectId: id }}>
                {name}
              </RouteButton>
            ))}
            {projects.length > MOST && <RouteButton to="/projects">{words.unknown.all}</RouteButton>}
            {data?.length === 0 && (
              <RouteButton variant="primary" to="/projects/new" denied={denied}>
                {words.create}
              </RouteButton>
            )}
          </>
        }
      >
        {words.unknown.text} {projects.length > 0 && words.unknown.yours}
      </Empty>
    </>
  )
}
