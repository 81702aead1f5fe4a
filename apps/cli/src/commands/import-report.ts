/** What an import from another store would do or did, for a person and as JSON. */
import { count } from '@keyferry/schemas/count'
import type { MovePlan } from '../infisical/move.ts'
import type { Remark } from '../infisical/survey.ts'
import type { Terminal } from '../terminal/terminal.ts'

export const total = ({ folders }: MovePlan, of: (folder: MovePlan['folders'][number]) => number): number =>
  folders.reduce((sum, folder) => sum + of(folder), 0)

export function printPlan(terminal: Terminal, plan: MovePlan): void {
  const rows = plan.folders.map(({ folder, missing, same, different, missingImports }) => [
    folder.environment,
    folder.path,
    `${folder.secrets.length}`,
    `${missing.length}`,
    `${same}`,
    `${different.length}`,
    `${missingImports.length} of ${folder.imports.length}`,
  ])
  terminal.table(['ENVIRONMENT', 'FOLDER', 'SECRETS', 'TO COPY', 'THE SAME', 'DIFFERENT', 'IMPORTS TO ADD'], rows)
  const places = plan.folders.filter(({ exists, folder }) => !exists && folder.path !== '/').length
  terminal.line(
    `To add: ${count(plan.environments.length, 'environment')}, ${count(places, 'folder')}, ` +
      `${count(
        total(plan, ({ missing }) => missing.length),
        'secret',
      )}, ${count(
        total(plan, ({ missingImports }) => missingImports.length),
        'import',
      )}.`,
  )
}

export function printRemarks(terminal: Terminal, title: string, remarks: readonly Remark[]): void {
  if (remarks.length === 0) return
  terminal.line(title, 'yellow')
  for (const { environment, path, key, reason } of remarks)
    terminal.line(`  ${environment}:${path}${key === null ? '' : ` ${key}`}: ${reason}`)
}

export const differences = ({ folders }: MovePlan): Remark[] =>
  folders.flatMap(({ folder: { environment, path }, different }) =>
    different.map((key) => ({ environment, path, key, reason: 'differs from the source' })),
  )

export const asJson = (
  plan: MovePlan,
  {
    left,
    notes,
    unsendable,
    written,
  }: { left: readonly Remark[]; notes: readonly Remark[]; unsendable: readonly Remark[]; written: boolean },
) => ({
  written,
  environmentsAdded: plan.environments.map(({ slug }) => slug),
  folders: plan.folders.map(({ folder, missing, same, different, missingImports }) => ({
    environment: folder.environment,
    path: folder.path,
    copied: missing.map(({ key }) => key),
    same,
    different,
    imports: missingImports,
  })),
  left,
  notes,
  unsendable,
})
