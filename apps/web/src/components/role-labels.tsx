import type { Role, Scope } from '@keyferry/schemas'
import { Badge } from './ui/badge.tsx'

export const ROLE_LABELS: Record<Role, { word: string; text: string }> = {
  viewer: { word: 'Viewer', text: 'Sees names, states and history. No values.' },
  developer: { word: 'Developer', text: 'Reads and changes values, and says “Sync now”.' },
  admin: { word: 'Admin', text: 'Everything in the project: also connections, syncs and members.' },
}

/** "dev", "dev /api/**", "every environment /shared". */
function scopeLabel({ environment, secretPath }: Scope): string {
  const where = environment === '*' ? 'every environment' : environment
  return secretPath === '/**' ? where : `${where} ${secretPath}`
}

/** The places a role is narrowed to, or that it is not. */
export const ScopeList = ({ scopes }: { scopes: readonly Scope[] | null }) =>
  scopes === null ? (
    <span className="text-soft">Whole project</span>
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
