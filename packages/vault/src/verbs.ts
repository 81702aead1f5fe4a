/** What may be done with projects, folders and secrets, for the edge to mount. */
export { environmentVerbs, folderVerbs } from './folders/folders.verbs.ts'
export { historyVerbs } from './folders/history.verbs.ts'
export { importVerbs } from './folders/imports.verbs.ts'
export { projectVerbs, tagVerbs } from './folders/projects.verbs.ts'
export { treeVerbs } from './folders/tree.verbs.ts'
export { secretVerbs } from './secrets/secrets.verbs.ts'
export { transferVerbs } from './transfer/transfer.verbs.ts'
