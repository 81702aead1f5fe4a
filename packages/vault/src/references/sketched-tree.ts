/** Folders that no store holds, of which nothing is sealed. For tests only. */
import type { SecretRow, TreeFolder } from '../tree/tree.ts'
import { unstoredRow } from './unstored-row.ts'

/** In the environment dev. `imports`: paths, highest priority first. */
export function sketchedFolder(
  path: string,
  values: Record<string, string>,
  imports: readonly string[] = [],
): TreeFolder {
  const secrets = new Map(Object.entries(values).map(([key, value]) => [key, unstoredRow(path, key, value)]))
  return { id: path, projectId: 'p', environment: 'dev', path, imports, secrets }
}

/** Opens a value of a sketched folder. */
export const openSketched = ({ value }: SecretRow): string => value

/** A budget without an end. */
export const spendFreely = (): void => {}
