import type { Role, Scope } from '@keyferry/schemas'
import { Badge } from '../ui/badge.tsx'
import { words } from '../words.ts'

export const ROLE_LABELS: Record<Role, { word: string; text: string }> = {
  viewer: { word: words.roleLabels.viewer, text: words.roleLabels.viewerText },
  developer: { word: words.roleLabels.developer, text: words.roleLabels.developerText },
  admin: { word: words.roleLabels.admin, text: words.roleLabels.adminText },
}

/** "dev", "dev /api/**", "every environment /shared". */
function scopeLabel({ environment, secretPath }: Scope): string {
  const where = environment === '*' ? words.roleLabels.everyEnvironment : environment
  return secretPath === '/**' ? where : `${where} ${secretPath}`
}

/** The places a role is narrowed to, or that it is not. */
export const ScopeList = ({ scopes }: { scopes: readonly Scope[] | null }) =>
  scopes === null ? (
    <span>{words.roleLabels.wholeProject}</span>
  ) : (
    <span className="flex flex-wrap gap-1">
      {scopes.map((scope) => (
        <Badge
          key={`${scope.environment} ${scope.secretPath}`}
          className="rounded-md text-left font-mono whitespace-normal break-words"
        >
          {scopeLabel(scope)}
        </Badge>
      ))}
    </span>
  )
