import { ROLE_LABELS, ScopeList } from '../../components/pages/role-labels.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { folderPage } from '../../lib/pages/folder-page.ts'
import type { Rights } from '../../lib/session/rights.ts'
import type { FolderRef } from '../../lib/server/types.ts'
import { words } from './words.ts'

interface Props {
  projectId: string
  grant: NonNullable<Rights['grant']>
  /** The first folder that the role reaches; undefined until it is known. */
  first: FolderRef | undefined
}

/** What a member can do in the project, and where. */
export const OwnPlaces = ({ projectId, grant, first }: Props) => (
  <Section
    title={words.access.title}
    text={
      <>
        <p>
          {ROLE_LABELS[grant.role].word}. {ROLE_LABELS[grant.role].text}
        </p>
        <ScopeList scopes={grant.scopes} />
      </>
    }
  >
    <div className="flex flex-wrap gap-2">
      {first && (
        <RouteButton {...folderPage(projectId, first.environment, first.secretPath)}>
          {words.access.secrets}
        </RouteButton>
      )}
      <RouteButton to="/p/$projectId/access" params={{ projectId }}>
        {words.access.action}
      </RouteButton>
    </div>
  </Section>
)
