import { code } from '../../lib/loading/code.ts'

export const loadForms = code(() => import('./forms.ts'))
